import Logging
import Testing

@testable import SkewWatch

@Suite struct ConfigurationValueTests {
    static let wrong: [(name: String, texts: [String])] = [
        ("host", ["", "example.com", "1.2.3", "::g", "127.0.0.1:80", "0.0.0.0\n"]),
        ("port", ["", "abc", "-2", "65536", "80a", " 80", "+80", "8e1", "99999999999999999999"]),
        (
            "listen",
            ["", "/run/socket", "unix:", "unix:socket", "unix:/", "unix:@name", "unix:/a/", "unix:/" + String(repeating: "s", count: 96)]
        ),
        ("listen-mode", ["", "66", "0888", "1777", "07777", "-660", "rw"]),
        ("internal-host", ["metrics", ""]),
        ("internal-port", ["-2", "off", "70000", ""]),
        ("internal-names", ["http://a", "a:80", "a b", "a,", "ä"]),
        ("admin-host", ["", "example.com"]),
        ("admin-port", ["", "65536", "-1", "x"]),
        ("takeover", ["1"]), ("proxy-protocol", ["v2"]),
        ("base-path", ["", "skew", "//", "/a//b", "/a b", "/a?b", "/../a", "/a/.", "/ä", "/a\n"]),
        ("loops", ["0", "65", "many", "1.5"]),
        ("tls-cert", ["", "a\nb"]),
        ("tls-key", [""]),
        ("release", ["", "a\nb", "a\u{2028}b", String(repeating: "v", count: 129)]),
        ("release-url", ["", "app/latest.json", "ftp://a", "https://user:pass@host/x"]),
        ("connection-tracking", ["yes", "1", "TRUE", ""]),
        ("route-tracking", ["on"]),
        ("ip-tracking", ["maybe"]),
        ("exclude-bots", ["off"]),
        ("route-pattern", ["users/*", "/users", "/us*", "/a/*,", "/a//*"]),
        ("preview-versions", ["a*b", "preview-*,"]),
        ("cookie-name", ["", "a b", "a=b", "a;b", "ä"]),
        ("tag-claim", ["", "a\tb"]), ("tag-header", ["", "a b", "x:"]), ("tag-answer", ["maybe"]),
        (
            "trusted-proxies",
            [
                "unix:/run", "unix", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "proxy", "::/129", "10.0.0.1,", ",",
                "10.0.0.1 10.0.0.2",
            ]
        ),
        ("stats-token", ["", "a\nb", "a\u{0}"]),
        ("admin-token", [""]),
        (
            "authorize-url",
            ["", "app", "ftp://a", "http://", "https://user:pass@host/x", "http://a b", "http://a:0", "http://a:x", "http://[::g]/"]
        ),
        ("jwt-secret", [""]),
        ("jwt-jwks", ["", "https://user@host/", "ftp://a/b"]),
        ("jwt-require", ["admin", "=x", "role=", "role=a,"]),
        ("jwt-cookie", ["", "a b"]),
        ("ca-file", [""]),
        (
            "allowed-origins",
            [
                "app.example.com", "https://a/path", "https://a.*.com", "https://*", "https://*com", "ftp://a", "null", "https://a,",
                "https://u@a", "wss://a", "file://", "capacitor://*",
            ]
        ),
        ("frame-ancestors", ["*", "grafana.example.com", "https://a.b;c", "capacitor://a"]),
        ("debounce", ["", "100", "ms", "1.5s", "0ms", "61s", "-1s", "1 s", "5x", "1sm", "99999999999999999s", "٣s"]),
        ("max-wait", ["0s", "601s"]),
        ("max-connections", ["0", "off", "1048577"]),
        ("max-connections-per-ip", ["0", "none", "public:", "public:0", "public:off", "private:5"]),
        ("max-new-connections-per-second", ["0", "100001", "public:x"]),
        ("max-pending-handshakes", ["0"]),
        ("max-message-bytes", ["255", "16777217", "4k"]),
        ("max-messages-per-second", ["0", "0.5"]),
        ("max-versions", ["0", "x"]),
        ("max-routes", ["0", "x"]),
        ("max-listed-connections", ["-1"]),
        ("ping-interval", ["99ms", "2h", "25"]),
        ("pong-timeout", ["0s"]),
        ("handshake-timeout", ["10m"]),
        ("redis-url", ["", "localhost:6379", "http://host", "redis://", "redis://host:0", "unix://x"]),
        ("cluster-namespace", ["", String(repeating: "n", count: 65), "a{b}", "a b"]),
        ("node-id", ["", "a\tb"]),
        ("cluster-secret", [""]),
        ("redis-ca", [""]),
        ("cluster-size", ["0", "129", "x"]),
        ("data-dir", [""]), ("history-days", ["0", "x"]),
        ("webhook-url", ["", "hooks.example.com", "ftp://host/", "https://u:p@host/", "https://a b/"]),
        ("webhook-secret", ["", "short", "whsec_", "AAAAAAAAAAAAAAAAAAAA-AAAAAA_"]), ("drain-timeout", ["61m", "x"]),
        ("log-level", ["", "INFO", "loud"]),
        ("log-format", ["xml", ""]),
        ("config", [""]),
    ]

    @Test func `the tables of these tests hold every setting`() {
        #expect(Self.wrong.map(\.name) == SettingsTable.all.map(\.name))
        #expect(Set(Self.right.map(\.name)) == Set(SettingsTable.all.map(\.name)))
    }

    @Test(arguments: wrong.flatMap { row in row.texts.map { (row.name, $0) } })
    func `a wrong value is one sentence that names the setting where it was given`(name: String, text: String) throws {
        let setting = try #require(SettingsTable.named(name)?.setting)
        let ofFlag = sentence(["\(setting.flag)=\(text)"])
        #expect(ofFlag.hasPrefix("\(setting.flag) must be "))
        #expect(ofFlag.isOneSentence)
        let ofVariable = sentence(environment: [setting.environment: text])
        // An empty variable is one that is not set.
        #expect(text.isEmpty ? ofVariable.isEmpty : ofVariable.hasPrefix("\(setting.environment) must be ") && ofVariable.isOneSentence)
    }

    @Test func `a program sets any setting by its name`() throws {
        for row in Self.right where row.name != SettingsTable.configurationFileName {
            var configuration = Configuration()
            try configuration.set(row.name, to: row.text)
            #expect(row.isStored(configuration), "\(row.name) \(row.text)")
        }
        var configuration = Configuration()
        func sentence(_ name: String, _ text: String) -> String? {
            do {
                try configuration.set(name, to: text)
                return nil
            } catch { return error.sentence }
        }
        #expect(sentence("max-version", "5") == "--max-version is not a setting; did you mean --max-versions?")
        #expect(sentence("max-versions", "0") == "--max-versions must be a whole number from 1 to 100000, not \"0\".")
        #expect(sentence("stats-token-file", "f") != nil && sentence("config", "f") != nil)
        #expect(configuration.maxVersions == 200)
    }

    static let right: [(name: String, text: String, isStored: @Sendable (Configuration) -> Bool)] = [
        ("host", "[::1]", { $0.host == "::1" }),
        ("host", "localhost", { $0.host == "127.0.0.1" }),
        ("port", "0", { $0.port == 0 }),
        ("port", "-1", { $0.port == nil }),
        ("listen", "unix:/run/skewwatch/socket", { $0.unixSocket == "/run/skewwatch/socket" }),
        ("listen-mode", "0666", { $0.unixSocketMode == 0o666 }), ("listen-mode", "600", { $0.unixSocketMode == 0o600 }),
        ("internal-host", "::", { $0.internalHost == "::" }),
        ("internal-port", "-1", { $0.internalPort == nil }),
        ("internal-port", "0", { $0.internalPort == 0 }),
        ("internal-names", "SkewWatch, metrics.internal", { $0.internalNames == ["skewwatch", "metrics.internal"] }),
        ("admin-host", "::1", { $0.adminHost == "::1" }),
        ("admin-port", "9091", { $0.adminPort == 9091 }),
        ("takeover", "true", { $0.takeover }), ("proxy-protocol", "true", { $0.proxyProtocol }),
        ("base-path", "/pro/__skew/", { $0.basePath == "/pro/__skew" }),
        ("base-path", "/", { $0.basePath == "" }),
        ("loops", "2", { $0.loops == 2 }),
        ("tls-cert", "cert.pem", { $0.tlsCertificate == "cert.pem" }),
        ("tls-key", "/key.pem", { $0.tlsKey == "/key.pem" }),
        ("release", "v1 beta", { $0.release == "v1 beta" }),
        ("release-url", "http://app:3000/latest.json", { $0.releaseURL == "http://app:3000/latest.json" }),
        ("connection-tracking", "false", { !$0.connectionTracking }),
        ("route-tracking", "true", { $0.routeTracking }),
        ("ip-tracking", "true", { $0.ipTracking }),
        ("exclude-bots", "false", { !$0.excludeBots }),
        ("route-pattern", "/users/*, /p/:id", { $0.routePatterns == ["/users/*", "/p/:id"] }),
        ("preview-versions", "preview-*, nightly", { $0.previewVersions == ["preview-*", "nightly"] }),
        ("cookie-name", "__Host-v", { $0.cookieName == "__Host-v" }),
        ("tag-claim", "org.name", { $0.tagClaim == "org.name" }), ("tag-header", "X-Customer", { $0.tagHeader == "x-customer" }),
        ("tag-answer", "true", { $0.tagAnswer }),
        ("trusted-proxies", "10.0.0.0/8, ::1", { $0.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1"] }),
        ("trusted-proxies", "", { $0.trustedProxies.isEmpty }),
        ("stats-token", "s3cret", { $0.statsToken?.exposed == "s3cret" }),
        ("admin-token", "s3cret", { $0.adminToken?.exposed == "s3cret" }),
        ("authorize-url", "https://app.example.com:8443/skew?x=1", { $0.authorizeURL == "https://app.example.com:8443/skew?x=1" }),
        ("authorize-url", "http://[::1]:3000/", { $0.authorizeURL == "http://[::1]:3000/" }),
        ("jwt-secret", "key", { $0.jwtSecret?.exposed == "key" }),
        ("jwt-jwks", "/keys.json", { $0.jwtJWKS == "/keys.json" }),
        (
            "jwt-require", "role=admin,scope=a=b",
            { $0.jwtRequire == [RequiredClaim(name: "role", value: "admin"), RequiredClaim(name: "scope", value: "a=b")] }
        ),
        ("jwt-cookie", "session", { $0.jwtCookie == "session" }),
        ("ca-file", "/ca.pem", { $0.caFile == "/ca.pem" }),
        ("allowed-origins", "https://*.Example.com, http://a:3000", { $0.allowedOrigins == ["https://*.example.com", "http://a:3000"] }),
        ("frame-ancestors", "https://Grafana.example.com", { $0.frameAncestors == ["https://grafana.example.com"] }),
        ("allowed-origins", "capacitor://localhost,chrome-extension://abc", { $0.allowedOrigins.count == 2 }),
        ("allowed-origins", "*", { $0.allowedOrigins == ["*"] }),
        ("debounce", "250ms", { $0.debounce == .milliseconds(250) }),
        ("max-wait", "5m", { $0.maxWait == .seconds(300) }),
        ("max-connections", "15000", { $0.maxConnections == 15000 }),
        ("max-connections-per-ip", "50", { $0.maxConnectionsPerIP == 50 }),
        ("max-connections-per-ip", "public:50", { $0.maxConnectionsPerIP == AddressLimit(50, isPublicOnly: true) }),
        ("max-new-connections-per-second", "20", { $0.maxNewConnectionsPerSecond == 20 }),
        ("max-new-connections-per-second", "off", { $0.maxNewConnectionsPerSecond == nil }),
        ("max-connections-per-ip", "off", { $0.maxConnectionsPerIP == nil }),
        ("max-pending-handshakes", "1", { $0.maxPendingHandshakes == 1 }),
        ("max-message-bytes", "256", { $0.maxMessageBytes == 256 }),
        ("max-messages-per-second", "5", { $0.maxMessagesPerSecond == 5 }),
        ("max-versions", "3", { $0.maxVersions == 3 }),
        ("max-routes", "4", { $0.maxRoutes == 4 }),
        ("max-listed-connections", "0", { $0.maxListedConnections == 0 }),
        ("ping-interval", "1h", { $0.pingInterval == .seconds(3600) }),
        ("pong-timeout", "2s", { $0.pongTimeout == .seconds(2) }),
        ("handshake-timeout", "3s", { $0.handshakeTimeout == .seconds(3) }),
        ("redis-url", "redis://user:pass@host:6379/1", { $0.redisURL?.exposed == "redis://user:pass@host:6379/1" }),
        ("cluster-namespace", "blue", { $0.clusterNamespace == "blue" }),
        ("node-id", "node-1", { $0.nodeID == "node-1" }),
        ("cluster-secret", "abc", { $0.clusterSecret?.exposed == "abc" }),
        ("redis-ca", "/ca.pem", { $0.redisCA == "/ca.pem" }),
        ("cluster-size", "3", { $0.clusterSize == 3 }),
        ("data-dir", "/var/lib/skewwatch", { $0.dataDir == "/var/lib/skewwatch" }), ("history-days", "7", { $0.historyDays == 7 }),
        ("webhook-url", "https://chat.example.com/hooks/key", { $0.webhookURL?.exposed == "https://chat.example.com/hooks/key" }),
        ("webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", { $0.webhookSecret != nil }),
        ("drain-timeout", "0s", { $0.drainTimeout == .zero }),
        ("log-level", "debug", { $0.logLevel == .debug }),
        ("log-format", "json", { $0.logFormat == .json }),
        ("config", "a.json", { $0.configurationFile == "a.json" }),
    ]

    @Test func `a right value goes to its own place`() throws {
        for (name, text, isStored) in Self.right {
            #expect(!isStored(Configuration()) || text.isEmpty || text == "*" || text == "off", "\(name) would pass without being stored")
            let stored = try #require(configuration(with: name, text), "\(name) \(text)")
            #expect(isStored(stored), "\(name) \(text)")
        }
    }

    @Test func `every default that is shown as a value reads back as the default`() throws {
        let fresh = Configuration()
        for setting in SettingsTable.all where !setting.shownDefault.contains(" ") && !["none", "random"].contains(setting.shownDefault) {
            let stored = try #require(configuration(with: setting.name, setting.shownDefault), "\(setting.name)")
            #expect("\(stored)" == "\(fresh)", "\(setting.name)")
        }
    }

    @Test(arguments: [
        ("/__skew", "__nkpv"), ("/pro/__skew", "__nkpv_pro"), ("/app/pro/__skew", "__nkpv_app_pro"), ("/foo", "__nkpv_foo"), ("", "__nkpv"),
        ("/__skew/x", "__nkpv___skew_x"),
    ])
    func `the cookie of the version follows the base path as the module makes it`(basePath: String, name: String) {
        var configuration = Configuration()
        configuration.basePath = basePath
        #expect(configuration.versionCookie == name)
        configuration.cookieName = "own"
        #expect(configuration.versionCookie == "own")
    }

    @Test(arguments: [(1, "1ms"), (1000, "1s"), (1500, "1500ms"), (60_000, "1m"), (90_000, "90s"), (3_600_000, "1h"), (0, "0ms")])
    func `a duration is shown in its largest whole unit`(milliseconds: Int, text: String) {
        #expect(Duration.milliseconds(milliseconds).settingText == text)
        #expect(Duration(setting: text) == .milliseconds(milliseconds))
    }

    @Test func `a wrong value that could be a secret is not repeated`() {
        for flag in ["--authorize-url", "--jwt-jwks", "--redis-url"] {
            let text = sentence(["\(flag)=https://user:hunter2@host:0/"])
            #expect(text.hasPrefix(flag) && !text.contains("hunter2"))
        }
        #expect(!sentence(["--stats-token=hunter2\n"]).contains("hunter2"))
    }

    @Test func `a long or hostile value is cut and escaped in the sentence`() {
        let text = sentence(["--port=\u{1b}[2J\r\n" + String(repeating: "x", count: 500)])
        #expect(text.isOneSentence && text.utf8.count < 200)
        #expect(text.contains("\\u{1b}[2J\\r\\n") && text.contains("…"))
    }
}
