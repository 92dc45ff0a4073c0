internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

extension Endpoint {
    /// Where the rollout stands: now, or when a condition holds.
    static let adminRollout = Endpoint(.get, "/admin/rollout", .reading) { tracker, request, socket in
        guard let scope = request.reader?.scope else { preconditionFailure("who reads must have been let in") }
        switch RolloutQuery.read(request.query.span) {
        case .failure(let error): return .respond(error.response)
        case .success(let query):
            let question = RolloutGate.Question(
                tracker: tracker.index, socket: socket, kind: .rollout(scope, query.rule(start: MonotonicTime.now)))
            guard tracker.shared.gate.ask(question) else { return .respond(.tooManyWaiting) }
            // It may wait for longer than a request may take to come.
            if question.rule != nil { tracker.loop?.liftDeadline(of: socket) }
            return .later
        }
    }
}

extension HTTPResponse {
    fileprivate static let tooManyWaiting = HTTPResponse.error(
        503, "as many requests as may wait do so already", headers: [("Retry-After", "30")])
}

/// What the query of `GET /admin/rollout` asks for: a pure rule.
struct RolloutQuery: Sendable, Equatable {
    /// Why a query can't be taken: a closed set.
    enum Fault: Error, Sendable, Equatable {
        case condition
        case holdFor
        case timeout
        case noCondition

        var response: HTTPResponse {
            switch self {
            case .condition: .error(400, "wait must be such as old<=0, old<=1%, version:build-41<=0 or current>=99%")
            case .holdFor: .error(400, "for must be a duration from 0s to 24h, such as 60s")
            case .timeout: .error(400, "timeout must be a duration from 1s to 24h, such as 30m")
            case .noCondition: .error(400, "for and timeout need a wait")
            }
        }
    }

    /// nil for an answer at once.
    var condition: RolloutCondition?
    var holdFor = Duration.seconds(60)
    var timeout = Duration.seconds(30 * 60)

    static func read(_ query: Span<UInt8>) -> Result<RolloutQuery, Fault> {
        func value(_ name: StaticString) -> String? {
            QueryString.firstValue(of: name, in: query, plus: .plus).map { String(decoding: $0, as: UTF8.self) }
        }
        var read = RolloutQuery()
        let (wait, holdFor, timeout) = (value("wait"), value("for"), value("timeout"))
        guard let wait else { return holdFor == nil && timeout == nil ? .success(read) : .failure(.noCondition) }
        guard let condition = RolloutCondition(wait) else { return .failure(.condition) }
        read.condition = condition
        if let holdFor {
            guard let duration = Duration(setting: holdFor), duration <= longest else { return .failure(.holdFor) }
            read.holdFor = duration
        }
        if let timeout {
            guard let duration = Duration(setting: timeout), .seconds(1)...longest ~= duration else { return .failure(.timeout) }
            read.timeout = duration
        }
        return .success(read)
    }

    private static let longest = Duration.seconds(24 * 3600)

    func rule(start: Duration) -> RolloutRule? {
        condition.map { RolloutRule($0, holdFor: holdFor, timeout: timeout, start: start) }
    }
}
