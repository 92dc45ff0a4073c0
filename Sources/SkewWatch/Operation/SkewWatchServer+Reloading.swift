internal import Logging
internal import WebSocketLoop

/// Other settings for a server that runs.
extension SkewWatchServer {
    /// Puts other settings in force, as far as a running server can, and judges again whatever the old ones had authorized: tokens,
    /// secrets, keys, the certificate, origins, and the limits of connections. One log line names what was changed and what waits for a restart.
    ///
    /// Of several calls the newest wins, however long one takes. Returns when these settings, or newer ones, are in force; keys that
    /// are far away may still be on their way then. Without effect once the server has ended. Any thread.
    /// - Throws: when a value, or a file that one names, cannot be used; the old settings stay in force then.
    public func reload(_ configuration: Configuration) async throws(ConfigurationError) {
        var configuration = configuration
        try configuration.validate()
        try configuration.inspectFiles()
        let number = reloads.send(configuration)
        if running != nil { await reloads.waitUntilSettled(number) }
    }

    /// The same without waiting, for a thread that must not, and for settings that were checked when they were read. Any thread.
    package func reloadSoon(_ configuration: Configuration) { reloads.send(configuration) }

    /// Empties the mailbox until its task is cancelled; a child of ``run()``.
    func takeReloads(_ server: ListeningServer) async {
        var running = server.parts.configuration
        await withDiscardingTaskGroup { group in
            for await letter in reloads.letters {
                let change = SettingsChange(from: running, to: letter.configuration)
                running = change.configuration
                apply(change, to: server)
                await renewCertificate(of: server)
                await server.recheckAuthorizations()
                reloads.settle(letter)
                // Keys may be far away: newer settings must not wait for them. What is read late is read by the authorizers of then.
                group.addTask {
                    guard await server.parts.desk.prepare() else { return }
                    await server.recheckAuthorizations()
                }
            }
            group.cancelAll()
        }
    }

    /// Reads the certificate again for the connections to come: whoever renews one replaces the files and sends a SIGHUP.
    private func renewCertificate(of server: ListeningServer) async {
        guard server.parts.configuration.tlsCertificate != nil else { return }
        do throws(LoopError) {
            for tracker in server.trackers { try await tracker.renewCertificate() }
            logger.info("The certificate was read again; new connections get it.")
        } catch {
            logger.error("The former certificate stays in force.", metadata: ["reason": "\(error.sentence)"])
        }
    }

    private func apply(_ change: SettingsChange, to server: ListeningServer) {
        let (configuration, parts) = (change.configuration, server.parts)
        parts.live.change(to: configuration, hooks: hooks)
        parts.budget.change(limit: configuration.connectionLimit.count)
        parts.shared.addresses.change(to: configuration.addressRules)
        let (desk, caller) = (parts.desk, parts.caller)
        if !change.applied.filter({ $0.hasPrefix("--webhook-") }).isEmpty, let receiver = WebhookReceiver(configuration, caller: caller) {
            parts.webhooks?.change(receiver)
        }
        desk.replace { current in
            Authorizers(configuration, hooks: hooks, caller: caller, audit: desk.audit, calls: desk.calls, after: current)
        }
        logger.log(
            level: change.waiting.isEmpty ? .info : .warning,
            "New secrets, tokens and keys are in force; what the old ones had authorized is checked.",
            metadata: [
                "changed": "\(change.applied.isEmpty ? "nothing" : change.applied.joined(separator: " "))",
                "waitsForRestart": "\(change.waiting.isEmpty ? "nothing" : change.waiting.joined(separator: " "))",
            ])
    }
}

extension ListeningServer {
    fileprivate func recheckAuthorizations() async {
        for tracker in trackers { await tracker.recheckAuthorizations() }
    }
}
