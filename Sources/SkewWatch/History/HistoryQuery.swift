internal import Presence
internal import SkewProtocol
internal import WebSocketLoop

/// What the query of `GET /admin/history` asks for: a pure rule.
struct HistoryQuery: Sendable, Equatable {
    /// Why a query can't be taken: a closed set.
    enum Fault: Error, Sendable, Equatable {
        case time
        case order
        case step

        var response: HTTPResponse {
            switch self {
            case .time: .error(400, "from and to must be seconds since 1970, seconds before now with a minus, or a time of RFC 3339")
            case .order: .error(400, "from must lie before to")
            case .step: .error(400, "step must be a number of seconds, such that the span has at most 5000 steps")
            }
        }
    }

    /// Milliseconds since 1970.
    var from: Int64
    /// Milliseconds since 1970.
    var to: Int64
    /// Milliseconds.
    var step: Int64

    private static let day: Int64 = 86_400_000
    private static let mostSteps: Int64 = 5000

    /// - Returns: nil where nothing of it is in the query.
    static func read(_ query: Span<UInt8>, now: Int64) -> Result<HistoryQuery, Fault>? {
        func value(_ name: StaticString) -> String? {
            QueryString.firstValue(of: name, in: query, plus: .plus).map { String(decoding: $0, as: UTF8.self) }
        }
        let (from, to, step) = (value("from"), value("to"), value("step"))
        guard from != nil || to != nil || step != nil else { return nil }
        return .init(catching: { () throws(Fault) in
            guard let end = to.map({ WireTime.read($0, now: now) }) ?? now,
                let start = from.map({ WireTime.read($0, now: now) }) ?? end - day
            else { throw .time }
            guard start < end else { throw .order }
            guard let step else { return HistoryQuery(from: start, to: end, step: defaultStep(end - start)) }
            guard let seconds = Int64(step), 1...86_400 * 366 ~= seconds, (end - start) / (seconds * 1000) <= mostSteps else { throw .step }
            return HistoryQuery(from: start, to: end, step: seconds * 1000)
        })
    }

    /// A day, for who asks for nothing but a form.
    static func lastDay(now: Int64) -> HistoryQuery { HistoryQuery(from: now - day, to: now, step: defaultStep(day)) }

    /// Whole tens of seconds, such that there are at most 360 steps.
    private static func defaultStep(_ span: Int64) -> Int64 { max(10_000, (span / 360 + 9_999) / 10_000 * 10_000) }
}
