internal import Logging
internal import Presence
internal import SkewProtocol

/// Says at the level `debug` why a request was refused or a connection is not counted, a few times a second: so that "my tab is not
/// there" has an answer.
struct RefusalLog: Sendable {
    private var gate = FloodGate(perSecond: 5, burst: 50)
    /// Many crawlers must not leave out the one refusal that somebody looks for.
    private var uncountedGate = FloodGate(perSecond: 5, burst: 50)

    /// A line has what the peer chose (path, origin) cleaned and short, and no address.
    mutating func note(_ refusal: Refusal, _ request: Request, _ logger: Logger, now: Duration) {
        guard logger.logLevel <= .debug, let leftOut = gate.pass(at: now) else { return }
        var fields: Logger.Metadata = ["reason": "\(refusal.reason)", "path": "\(Self.shown(request.path))"]
        if refusal == .foreignOrigin {
            if let origin = request.page.origin { fields["origin"] = "\(Self.shown(origin))" }
            if let host = request.page.host { fields["host"] = "\(Self.shown(host))" }
            if request.page.isCrossSite { fields["fetchSite"] = "cross-site" }
        }
        if leftOut > 0 { fields["leftOutBefore"] = .number(leftOut) }
        logger.debug("A request was refused.", metadata: fields)
    }

    /// A connection is served, but not counted.
    /// - Parameter userAgent: what a crawler calls itself.
    mutating func note(_ reason: UncountedReason, _ id: ConnectionID, userAgent: [UInt8]?, _ logger: Logger, now: Duration) {
        guard logger.logLevel <= .debug, let leftOut = uncountedGate.pass(at: now) else { return }
        var fields: Logger.Metadata = ["connection": "\(id)", "reason": "\(reason.rawValue)"]
        if let userAgent { fields["userAgent"] = "\(Self.shown(userAgent))" }
        if leftOut > 0 { fields["leftOutBefore"] = .number(leftOut) }
        logger.debug("A connection is served and not counted.", metadata: fields)
    }

    private static func shown(_ bytes: [UInt8]) -> String { CleanText.clean(bytes.span, limit: 128) ?? "" }
}
