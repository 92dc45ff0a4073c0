/// What other settings change in a server that runs: a pure rule.
struct SettingsChange: Sendable {
    /// The settings that are in force now: the running ones with all that can be changed.
    private(set) var configuration: Configuration
    /// Flags of settings that are others now.
    private(set) var applied: [String] = []
    /// Flags of settings that were changed and wait for a restart.
    private(set) var waiting: [String] = []

    /// - Parameters:
    ///   - running: what is in force.
    ///   - wanted: what was read again.
    init(from running: Configuration, to wanted: Configuration) {
        configuration = running
        for setting in SettingsTable.all where setting.differs(running, wanted) {
            if Self.canChange(setting.name, from: running, to: wanted) {
                setting.copy(wanted, &configuration)
                applied.append(setting.flag)
            } else {
                waiting.append(setting.flag)
            }
        }
    }

    /// Settings that a running server takes over. Who was let in by others is looked at again.
    static let changeable: Set<String> = [
        "stats-token", "admin-token", "authorize-url", "jwt-secret", "jwt-jwks", "jwt-require", "jwt-cookie", "allowed-origins",
        "webhook-url", "webhook-secret", "max-connections", "max-connections-per-ip", "max-new-connections-per-second", "log-level",
    ]

    private static func canChange(_ name: String, from running: Configuration, to wanted: Configuration) -> Bool {
        switch name {
        // Whether there are webhooks at all is settled at the start.
        case "webhook-url", "webhook-secret": running.webhookURL != nil && wanted.webhookURL != nil
        default: changeable.contains(name)
        }
    }
}
