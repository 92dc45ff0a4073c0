import TestRandom
import Testing

@testable import SkewWatch

@Suite struct ConfigurationFileTests {
    private func load(_ text: String) throws(ConfigurationError) -> Configuration {
        try SkewWatchTests.load(["--config=f.json"], files: ["f.json": text])
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
        ("/*\n*/{\"port\": \"abc\"}", "\"port\" in f.json, line 2, must be a port number from 0 to 65535, or -1, not \"abc\"."),
        ("{\"port\": 1.5}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, or -1, not \"1.5\"."),
        ("{\"port\": true}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, or -1, not \"true\"."),
        ("{\"port\": 1.2.3}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, or -1."),
        ("{\"port\": null}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, or -1."),
        ("{\"port\": {\"port\": 1}}", "\"port\" in f.json, line 1, must be a port number from 0 to 65535, or -1."),
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
        ("", 1), ("[]", 1), ("null", 1), ("{", 1), ("\n{\n\"port\": }", 3), ("{\"port\"\n1}", 2), ("{\"port\": 1}\n{", 2), ("\u{0}", 1),
        ("// nothing\n", 2), ("{\"stats-token\": \"hunter2\"\n\"port\": 1}", 2), ("{\n\"stats-token\": hunter2}", 2),
        ("{\"port\": 1, // c\n\"release\": \"x", 2), ("{\"port\": 1,,}", 1), ("{,}", 1), ("{\"port\": [1}", 1), ("{/*\n", 2),
        ("{pört: 1}", 1),
        (#"{p\u006frt: 1}"#, 1),
    ])
    func `a file that is no object of settings is one sentence with the line where it stops being one`(text: String, line: Int) {
        #expect(sentence(text) == "The configuration file \"f.json\" is not a flat JSON object of settings: line \(line) cannot be read.")
    }

    @Test(arguments: [
        (#""build""#, "build"), ("'it'", "it"), (#""a\n\t\"\\\/""#, "a\n\t\"\\/"), (#""\u00e4\ud83d\ude00\x41""#, "ä😀A"),
        (#""ü""#, "ü"), ("8080", "8080"), ("-1", "-1"), ("+7", "7"), ("1e3", "1000"), ("1.5", "1.5"), (".5", "0.5"), ("0x1F", "31"),
        ("true", "true"), ("false", "false"), ("[]", ""), ("['a', 2, true,]", "a,2,true"), ("/* a */ 5 // b\n", "5"),
    ])
    func `a value is the text that a flag would have`(value: String, text: String) throws {
        #expect(try ConfigurationFileScan.members(of: Array("{release: \(value)}".utf8)) == [.init(key: "release", line: 1, text: text)])
    }

    @Test(arguments: [
        "null", "NaN", "Infinity", "-Infinity", "1.2.3", "1-2", "0xG", "{}", "{a: [1, {}]}", "[[1]]", "['a,b']", "[null]", "--1",
    ])
    func `what no setting can be has no text`(value: String) throws {
        #expect(try ConfigurationFileScan.members(of: Array("{\n release: \(value)}".utf8)) == [.init(key: "release", line: 2, text: nil)])
    }

    @Test(arguments: [#""\u12""#, #""\ud83d""#, #""\1""#, #""\"#, "[1 2]", "\"a\nb\"", "yes", "[,]", "1 2"])
    func `a value that is none is the line that cannot be read`(value: String) {
        #expect(throws: ConfigurationFileScan.Fault(line: 2)) { try ConfigurationFileScan.members(of: Array("{\nrelease: \(value)}".utf8)) }
    }

    @Test func `bytes that are no text are the line that cannot be read`() {
        #expect(throws: ConfigurationFileScan.Fault(line: 1)) {
            try ConfigurationFileScan.members(of: Array("{a: '".utf8) + [0xff] + Array("'}".utf8))
        }
    }

    @Test func `a key with escapes is not passed over`() {
        #expect(sentence(#"{"po\u0072t": 1}"#).hasPrefix(#""po\\u0072t" in f.json, line 1, is not a setting"#))
    }

    @Test func `a deep or endless file does no harm`() {
        #expect(sentence("{\"port\": " + String(repeating: "[", count: 100_000)).isOneSentence)
        #expect(
            sentence("{\"port\": " + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}").isOneSentence)
    }

    @Test func `damaged files end in a configuration or in one sentence`() {
        let whole = Array("/* a */ {\n\"port\": 1, // b\n'release': \"\\u0041\", loops: [2], \"ip-tracking\": true,\n}".utf8)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<4000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) where bytes.count > 1 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.removeLast(min(place, bytes.count - 1))
                case 2: bytes[place] = "{}[],:\"'\\/* \n0".utf8.randomElement(using: &random)!
                default: bytes[place] = .random(in: 0...255, using: &random)
                }
            }
            do {
                _ = try Configuration.load(arguments: ["--config=f"], environment: [:], readFile: { _ throws(FileReadingError) in bytes })
            } catch {
                #expect(error.sentence.isOneSentence)
            }
        }
    }

    @Test func `a byte order mark and an empty object are fine`() throws {
        #expect(try load("\u{feff}{\"port\": 1}").port == 1)
        #expect(try load(" { } \n // end").port == 8080)
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
