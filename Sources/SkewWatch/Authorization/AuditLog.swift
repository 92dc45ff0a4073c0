internal import Logging
internal import Presence
internal import SkewProtocol
internal import Synchronization

/// Writes who was let in to the statistics, who was not, and when it ended: one line each, floods summed up.
///
/// A line has the connection's id, the scope, the authorizer and who it is as far as that is known; an address only where addresses
/// are tracked; never a secret.
final class AuditLog: Sendable {
    /// Whom a line is about.
    struct Subject: Sendable {
        var connection: ConnectionID
        var address: String?
    }

    /// Why an authorization ended.
    enum End: String, Sendable {
        case expired
        case revoked
        /// Asked again, its authorizers said no, or a new secret is in force.
        case withdrawn
    }

    private enum Kind: Int, CaseIterable {
        case granted, denied, ended, faults, requests, refusedRequests
    }

    private let logger: Logger
    private let gates: Mutex<[FloodGate]>

    init(logger: Logger) {
        self.logger = logger
        gates = Mutex(Kind.allCases.map { FloodGate(perSecond: $0 == .faults ? 1 : 10, burst: $0 == .faults ? 5 : 100) })
    }

    func granted(_ grant: Grant, to subject: Subject, now: Duration) {
        write(.granted, "Statistics granted.", now) { [self] in
            var fields = self.fields(subject)
            fields["scope"] = "\(grant.scope)"
            fields["authorizer"] = "\(grant.authorizer.rawValue)"
            if let who = grant.who { fields["who"] = "\(who)" }
            if let expires = grant.expires { fields["seconds"] = .number(Int((expires - now).components.seconds)) }
            return fields
        }
    }

    func denied(_ subject: Subject, reason: String, now: Duration) {
        write(.denied, "Statistics denied.", now) { [self] in
            var fields = self.fields(subject)
            fields["reason"] = "\(reason)"
            return fields
        }
    }

    func ended(_ end: End, _ grant: Grant, of subject: Subject, now: Duration) {
        write(.ended, "Statistics \(end.rawValue).", now) { [self] in
            var fields = self.fields(subject)
            fields["scope"] = "\(grant.scope)"
            fields["authorizer"] = "\(grant.authorizer.rawValue)"
            if let who = grant.who { fields["who"] = "\(who)" }
            return fields
        }
    }

    /// A request of an operator's endpoint was answered. Nothing that it showed is in the line.
    /// - Parameters:
    ///   - request: method and path.
    ///   - name: which token let it in, or whose word; nil where none did.
    ///   - address: only where addresses are tracked.
    func request(_ request: String, status: Int, by name: String?, from address: String?, now: Duration) {
        // A flood of wrong ones must not leave out a right one.
        write(name == nil ? .refusedRequests : .requests, "Admin request.", now) {
            var fields: Logger.Metadata = ["request": "\(request)", "status": .number(status)]
            if let name { fields["who"] = "\(name)" }
            if let address { fields["address"] = "\(address)" }
            return fields
        }
    }

    /// An authorizer can't do its work.
    func fault(_ sentence: String, now: Duration) {
        write(.faults, "\(sentence)", now, level: .warning) { [:] }
    }

    /// Says how many lines were left out, once a flood is over. Called now and then.
    func summarize(now: Duration) {
        let counts = gates.withLock { gates in gates.indices.map { gates[$0].summary(at: now) } }
        for (kind, count) in zip(Kind.allCases, counts) where count != nil {
            logger.info("Further lines about statistics were left out.", metadata: ["kind": "\(kind)", "count": .number(count!)])
        }
    }

    private func write(
        _ kind: Kind, _ message: Logger.Message, _ now: Duration, level: Logger.Level = .info, _ fields: () -> Logger.Metadata
    ) {
        guard let leftOut = gates.withLock({ $0[kind.rawValue].pass(at: now) }) else { return }
        var fields = fields()
        if leftOut > 0 { fields["leftOutBefore"] = .number(leftOut) }
        logger.log(level: level, message, metadata: fields)
    }

    private func fields(_ subject: Subject) -> Logger.Metadata {
        var fields: Logger.Metadata = ["connection": "\(subject.connection)"]
        if let address = subject.address { fields["address"] = "\(address)" }
        return fields
    }
}
