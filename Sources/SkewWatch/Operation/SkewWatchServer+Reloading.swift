internal import Logging
internal import Synchronization
internal import WebSocketLoop

/// Other settings for a server that runs.
extension SkewWatchServer {
    /// What a running server changes when settings are read again.
    struct Reloading: Sendable {
        /// In force now; only the reader of the mailbox changes it.
        var configuration: Configuration
        let authorization: Authorization
        let live: LiveSettings
        let budget: ConnectionBudget
        let addresses: AddressBudget?
    }

    /// Puts other settings in force, as far as a running server can, and judges again whatever the old ones had authorized: tokens,
    /// secrets, keys, origins, and the limits of connections. One log line names what was changed and what waits for a restart.
    ///
    /// Of several calls the newest wins, however long one takes. Returns when these settings, or newer ones, are in force; keys that
    /// are far away may still be on their way then. Without effect once the server has ended. Any thread.
    public func reload(_ configuration: Configuration) async {
        let number = reloads.send(configuration)
        if authorization.withLock({ $0 != nil }) { await reloads.waitUntilSettled(number) }
    }

    /// The same without waiting, for a thread that must not. Any thread.
    package func reloadSoon(_ configuration: Configuration) { reloads.send(configuration) }

    /// Empties the mailbox until its task is cancelled; a child of ``run()``.
    func takeReloads(_ reloading: Reloading) async {
        var reloading = reloading
        await withDiscardingTaskGroup { group in
            for await letter in reloads.letters {
                let change = SettingsChange(from: reloading.configuration, to: letter.configuration)
                reloading.configuration = change.configuration
                apply(change, reloading)
                await recheck(reloading.authorization)
                reloads.settle(letter)
                // Keys may be far away: newer settings must not wait for them. What is read late is read by the authorizers of then.
                let authorization = reloading.authorization
                group.addTask {
                    guard await authorization.desk.prepare() else { return }
                    await self.recheck(authorization)
                }
            }
            group.cancelAll()
        }
    }

    private func apply(_ change: SettingsChange, _ reloading: Reloading) {
        let configuration = change.configuration
        reloading.live.change(to: configuration, hooks: hooks)
        reloading.budget.change(limit: Self.connectionLimit(configuration))
        if let limit = configuration.maxConnectionsPerIP { reloading.addresses?.change(limit: limit) }
        let (desk, caller) = (reloading.authorization.desk, reloading.authorization.caller)
        desk.replace { current in
            Authorizers(configuration, hooks: hooks, caller: caller, audit: desk.audit, after: current)
        }
        logger.log(
            level: change.waiting.isEmpty ? .info : .warning,
            "New secrets, tokens and keys are in force; what the old ones had authorized is checked.",
            metadata: [
                "changed": "\(change.applied.isEmpty ? "nothing" : change.applied.joined(separator: " "))",
                "waitsForRestart": "\(change.waiting.isEmpty ? "nothing" : change.waiting.joined(separator: " "))",
            ])
    }

    private func recheck(_ authorization: Authorization) async {
        for tracker in authorization.trackers { await tracker.recheckAuthorizations() }
    }
}
