import Testing

@testable import SkewWatch

@Suite struct ConfigurationFileTests {
    private func load(_ text: String) throws(ConfigurationError) -> Configuration {
        try SkewWatchTests.load(["--config=f.json"], files: ["f.json": text]).configuration
    }

    private func sentence(_ text: String) -> String { SkewWatchTests.sentence(["--config=f.json"], files: ["f.json": text]) }

    @Test func `the file may have comments, single quotes, bare keys and trailing commas`() throws {
        let configuration = try load(
            """
            // "port": 1,
            {
              /* a comment
                 { over "two": lines } */
              "port": 8081, // "port": 2
              'release': 'v "2"',
              loops: 2,
              "debounce": "250ms", "route-tracking": true,
              "max-connections": 15000,
            }
            """)
        #expect(configuration.port == 8081)
        #expect(configuration.release == "v \"2\"")
        #expect(configuration.loops == 2)
        #expect(configuration.debounce == .milliseconds(250))
        #expect(configuration.routeTracking)
        #expect(configuration.maxConnections == 15000)
    }

    @Test func `a list may be written as one`() throws {
        let given = try ConfigurationFile.read(Array(#"{"allowed-origins": ["https://a.example", "https://b.example"]}"#.utf8), path: "f")
        #expect(given.map(\.text) == ["https://a.example,https://b.example"])
    }

    @Test(arguments: [
        ("{\n\n  \"prot\": 1}", "\"prot\" in f.json, line 3, is not a setting; did you mean \"port\"?"),
        ("{\"config\": \"g.json\"}", "\"config\" in f.json, line 1, is not a setting."),
        (
            "{\"port\": 1,\n\"port\": 2}",
            "\"port\" in f.json, line 1, and \"port\" in f.json, line 2, contradict each other; give one of them."
        ),
        ("/*\n*/{\"port\": \"abc\"}", "\"port\" in f.json, line 2, must be a port number from 0 to 65535, not \"abc\"."),
        ("{\"port\": 1.5}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, not \"1.5\"."),
        ("{\"port\": true}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, not \"true\"."),
        ("{\"port\": null}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535."),
        ("{\"port\": {\"port\": 1}}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535."),
        ("{\"route-tracking\": \"yes\"}", "\"route-tracking\" in f.json, line 1, must be true or false, not \"yes\"."),
        (
            "{\"debounce\": 100}",
            "\"debounce\" in f.json, line 1, must be a duration from 1ms to 1m, such as 250ms, 25s or 5m, not \"100\"."
        ),
        (
            "{\"stats-token\": 5, \"stats-token-file\": \"t\"}",
            "\"stats-token\" in f.json, line 1, and \"stats-token-file\" in f.json, line 1, contradict each other; give one of them."
        ),
        (
            "{\"jwt-require\": [\"a=1,b=2\"]}",
            "\"jwt-require\" in f.json, line 1, must be a comma separated list of claims such as role=admin."
        ),
        (
            "{\"jwt-require\": [[\"a=1\"]]}",
            "\"jwt-require\" in f.json, line 1, must be a comma separated list of claims such as role=admin."
        ),
    ])
    func `what is wrong in the file is one sentence with the key and its line`(text: String, expected: String) {
        #expect(sentence(text) == expected)
    }

    @Test(arguments: [
        "", "[]", "1", "null", "{", "{\"port\": }", "{\"port\" 1}", "{\"port\": 1} {", "\u{0}", "// nothing",
    ])
    func `a file that is no object of settings is one sentence that names it`(text: String) {
        let text = sentence(text)
        #expect(text.isOneSentence, "\(text)")
        #expect(text.hasPrefix("The configuration file \"f.json\" is not a flat JSON object of settings: "))
    }

    @Test(arguments: [#"{"po\u0072t": 1}"#, #"{p\u006frt: 1}"#, "{pört: 1}", "{ℼ: 1}"])
    func `no key is passed over however it is written`(text: String) {
        #expect(sentence(text).isOneSentence)
    }

    @Test func `a file that cannot be read is one sentence that names the setting`() {
        #expect(
            SkewWatchTests.sentence(["--config", "none.json"])
                == "--config names \"none.json\", which cannot be read: No such file or directory.")
        #expect(
            SkewWatchTests.sentence(environment: ["SKEWWATCH_CONFIG": "none.json"])
                == "SKEWWATCH_CONFIG names \"none.json\", which cannot be read: No such file or directory.")
    }

    @Test func `certificate and key must be readable`() {
        let text = SkewWatchTests.sentence(["--tls-cert=c.pem", "--tls-key=k.pem"], files: ["c.pem": "x"])
        #expect(text == "--tls-key names \"k.pem\", which cannot be read: No such file or directory.")
    }
}
