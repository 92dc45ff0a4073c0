internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// A release is out: every open tab is told, or some, at a pace.
    static let adminRelease = Endpoint(
        .post, "/admin/release", .writing, fields: Announcement.fields,
        takingJSONLater: { tracker, request, fields, socket in
            switch Announcement.read(fields) {
            case .failure(let fault): return .error(400, fault.sentence)
            case .success(let announcement):
                return later(.announce(announcement, by: request.reader?.name), socket, tracker)
            }
        })

    /// The release, and what became of announcements.
    static let adminReleaseState = Endpoint(.get, "/admin/release", .reading) { tracker, _, socket in
        later(.announcements, socket, tracker).map { .respond($0) } ?? .later
    }

    /// Stops an announcement.
    static let adminReleaseStop = Endpoint(.delete, "/admin/release", .writing, takesNumber: true) { tracker, request, socket in
        later(.stopAnnouncing(request.number ?? 0, by: request.reader?.name), socket, tracker).map { .respond($0) } ?? .later
    }

    /// Gives an announcement another pace.
    static let adminReleasePace = Endpoint(
        .patch, "/admin/release", .writing, fields: ["rate"], takesNumber: true,
        takingJSONLater: { tracker, request, fields, socket in
            guard let value = fields["rate"],
                case .success(let rate) = Result(catching: { () throws(Announcement.Fault) in try Announcement.rate(value) })
            else { return .error(400, Announcement.Fault.rate.sentence) }
            return later(.setRate(rate, of: request.number ?? 0, by: request.reader?.name), socket, tracker)
        })

    private static func later(_ kind: RolloutGate.Kind, _ socket: SocketID, _ tracker: isolated ConnectionTracker) -> HTTPResponse? {
        tracker.shared.gate.ask(.init(tracker: tracker.index, socket: socket, kind: kind))
            ? nil : .error(503, "too many requests wait for an answer", headers: [("Retry-After", "1")])
    }
}
