import Testing

@testable import SkewWatch

@Suite struct ConfigurationSecretTests {
    @Test func `a secret shows itself in no description, dump or reflection`() throws {
        let secret = try #require(Secret("hunter2"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)" == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        #expect(!dumped.contains("hunter2"))
        #expect(Mirror(reflecting: secret).children.isEmpty)

        var configuration = Configuration()
        configuration.statsToken = secret
        configuration.redisURL = secret
        var dumpedConfiguration = ""
        dump(configuration, to: &dumpedConfiguration)
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(!dumpedConfiguration.contains("hunter2"))
    }

    @Test(arguments: [
        ("hunter2", true), ("hunter", false), ("hunter22", false), ("Hunter2", false), ("", false), ("hunter2\0", false),
        ("xunter2", false),
    ])
    func `only the very same bytes match`(candidate: String, expected: Bool) throws {
        let secret = try #require(Secret("hunter2"))
        #expect(secret.matches(candidate.utf8) == expected)
    }

    @Test func `an empty secret cannot be made`() {
        #expect(Secret("") == nil)
    }

    @Test(arguments: ["tok\n", "tok\r\n", "tok", "tok\n\n", " tok \n", "\ttok", "\u{feff}tok\r\n"])
    func `blanks, newlines and a byte order mark around a secret are no part of it`(contents: String) throws {
        #expect(try load(["--stats-token-file=t"], files: ["t": contents]).statsToken?.exposed == "tok")
        #expect(try load(environment: ["SKEWWATCH_STATS_TOKEN": contents]).statsToken?.exposed == "tok")
    }

    @Test func `every secret can come from a file, by flag, variable or key`() throws {
        for setting in SettingsTable.all where setting.isSecret {
            for (arguments, environment) in [(["\(setting.flag)-file=t"], [:]), ([], ["\(setting.environment)_FILE": "t"])] {
                let text = sentence(arguments, environment: environment)
                #expect(text.hasSuffix("names \"t\", which cannot be read: No such file or directory."), "\(text)")
            }
        }
        let files = ["f": #"{"stats-token-file": "t"}"#, "t": "tok\n"]
        #expect(try load(["--config=f"], files: files).statsToken?.exposed == "tok")
    }

    @Test(arguments: ["", "\n", " \u{feff}\n", "hunter2\nhunter3\n", "\u{0}hunter2"])
    func `a secret's file without exactly one line is refused without showing it`(contents: String) {
        let text = sentence(["--jwt-secret-file=t"], files: ["t": contents])
        #expect(text == "--jwt-secret-file names \"t\", which cannot be read: it must hold one line of text that is not empty.")
    }

    @Test func `a token may be several, one a line of its file and comma separated elsewhere`() throws {
        for contents in ["new\nold\n", "\u{feff}new\r\n\r\n old \r\n", "new\n\nold"] {
            let configuration = try load(["--stats-token-file=t", "--admin-token-file=t"], files: ["t": contents])
            #expect(configuration.statsTokens.map(\.exposed) == ["new", "old"] && configuration.adminTokens == configuration.statsTokens)
            #expect(configuration.statsToken?.exposed == "new")
        }
        #expect(try load(environment: ["SKEWWATCH_ADMIN_TOKEN": "new, old"]).adminTokens.map(\.exposed) == ["new", "old"])
        #expect(try load(["--stats-token=new,old"]).statsTokens.map(\.exposed) == ["new", "old"])
        #expect(try load(["--stats-token-file=t"], files: ["t": "with,comma\n"]).statsTokens.map(\.exposed) == ["with,comma"])
    }

    @Test(arguments: ["a,", ",", "a,,b", Array(repeating: "a", count: 17).joined(separator: ",")])
    func `a list of tokens with nothing in a place, or with too many, is refused without showing it`(text: String) {
        #expect(sentence(["--stats-token=\(text)"]) == "--stats-token must be one to 16 tokens that are not empty.")
    }

    @Test(arguments: ["", "\n\n", "hunter2\u{0}"])
    func `a file of tokens without one is refused without showing it`(contents: String) {
        let text = sentence(["--admin-token-file=t"], files: ["t": contents])
        #expect(text == "--admin-token-file names \"t\", which cannot be read: it must hold one to 16 tokens that are not empty.")
    }

    @Test func `a secret's file that is not text is refused`() {
        #expect(throws: ConfigurationError.unreadableFile(.flag("--stats-token-file"), path: "t", reason: "it is not UTF-8 text")) {
            try Configuration.load(
                arguments: ["--stats-token-file=t"], environment: [:], readFile: { _ throws(FileReadingError) in [0xff, 0xfe] })
        }
    }

    @Test func `a secret and its file in one place contradict each other`() {
        let files = ["t": "tok"]
        let expected = "--stats-token and --stats-token-file contradict each other; give one of them."
        #expect(sentence(["--stats-token=a", "--stats-token-file=t"], files: files) == expected)
        #expect(sentence(environment: ["SKEWWATCH_STATS_TOKEN": "a", "SKEWWATCH_STATS_TOKEN_FILE": "t"], files: files).isOneSentence)
    }

    @Test func `a secret of a stronger place wins over the file of a weaker one`() throws {
        let configuration = try load(["--stats-token=a"], environment: ["SKEWWATCH_STATS_TOKEN_FILE": "t"])
        #expect(configuration.statsToken?.exposed == "a")
    }
}
