/// Settings that are allowed and open something up: said once at the start, so that nobody has them by accident.
enum InsecureSettings {
    /// Shorter tokens can be guessed by who has time.
    private static let shortestToken = 16

    /// One sentence for each that is in force.
    static func warnings(of configuration: Configuration) -> [String] {
        var warnings: [String] = []
        if configuration.allowedOrigins.contains("*") {
            warnings.append("Pages of every origin may connect with their visitors' sessions (--allowed-origins *).")
        }
        for range in configuration.trustedProxies where range.description.hasSuffix("/0") {
            warnings.append("Everybody's word about addresses and hosts is believed (--trusted-proxies \(range)).")
        }
        if configuration.internalPort != nil, NetworkAddress(configuration.internalHost)?.isLoopback == false {
            warnings.append("Whoever reaches \(configuration.internalHost) sees the metrics (--internal-host).")
        }
        if configuration.ipTracking {
            warnings.append("Addresses of clients are kept and shown to who may see them (--ip-tracking).")
        }
        for (flag, secret) in [("--stats-token", configuration.statsToken), ("--admin-token", configuration.adminToken)] {
            guard let secret, secret.exposed.utf8.count < shortestToken else { continue }
            warnings.append("\(flag) has fewer than \(shortestToken) characters and can be guessed.")
        }
        if let url = configuration.authorizeURL, url.hasPrefix("http://") {
            warnings.append("Cookies and tokens go to your app without encryption (--authorize-url with http).")
        }
        return warnings
    }
}
