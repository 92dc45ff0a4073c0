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

    // FIPS 180-4's examples, then lengths around the padding's edges, computed with another implementation.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (String(repeating: "a", count: 56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (String(repeating: "a", count: 63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (String(repeating: "a", count: 1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func `the digest is SHA-256`(text: String, expected: String) {
        let hex = SHA256Digest(of: text.utf8).words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        #expect(hex.joined() == expected)
    }

    @Test func `digests that differ in one bit of any word are not equal`() {
        let digest = SHA256Digest(of: "x".utf8)
        for index in 0..<8 {
            var other = digest
            other.flipLowestBit(ofWord: index)
            #expect(!digest.isEqualInConstantTime(to: other))
        }
        #expect(digest.isEqualInConstantTime(to: digest))
    }

    @Test(arguments: ["tok\n", "tok\r\n", "tok"])
    func `a secret's file loses the newline at its end`(contents: String) throws {
        let configuration = try load(["--stats-token-file=t"], files: ["t": contents]).configuration
        #expect(configuration.statsToken?.exposed == "tok")
    }

    @Test func `every secret can come from a file, by flag, variable or key`() throws {
        for setting in SettingsTable.all where setting.isSecret {
            for (arguments, environment) in [(["\(setting.flag)-file=t"], [:]), ([], ["\(setting.environment)_FILE": "t"])] {
                let text = sentence(arguments, environment: environment)
                #expect(text.hasSuffix("names \"t\", which cannot be read: No such file or directory."), "\(text)")
            }
        }
        let files = ["f": #"{"stats-token-file": "t"}"#, "t": "tok\n"]
        #expect(try load(["--config=f"], files: files).configuration.statsToken?.exposed == "tok")
    }

    @Test(arguments: ["", "\n", "hunter2\nhunter3\n", "hunter2\n\n", "\u{0}hunter2"])
    func `a secret's file without exactly one line is refused without showing it`(contents: String) {
        let text = sentence(["--stats-token-file=t"], files: ["t": contents])
        #expect(text == "--stats-token-file names \"t\", which cannot be read: it must hold one line of text that is not empty.")
    }

    @Test func `a secret's file that is not text is refused`() {
        #expect(throws: ConfigurationError.unreadableFile(.flag("--stats-token-file"), path: "t", reason: "it is not UTF-8 text")) {
            try Configuration.load(arguments: ["--stats-token-file=t"], environment: [:]) { _ throws(FileReadingError) in [0xff, 0xfe] }
        }
    }

    @Test func `a secret and its file in one place contradict each other`() {
        let files = ["t": "tok"]
        let expected = "--stats-token and --stats-token-file contradict each other; give one of them."
        #expect(sentence(["--stats-token=a", "--stats-token-file=t"], files: files) == expected)
        #expect(sentence(environment: ["SKEWWATCH_STATS_TOKEN": "a", "SKEWWATCH_STATS_TOKEN_FILE": "t"], files: files).isOneSentence)
    }

    @Test func `a secret of a stronger place wins over the file of a weaker one`() throws {
        let configuration = try load(["--stats-token=a"], environment: ["SKEWWATCH_STATS_TOKEN_FILE": "t"]).configuration
        #expect(configuration.statsToken?.exposed == "a")
    }
}

extension SHA256Digest {
    fileprivate mutating func flipLowestBit(ofWord index: Int) { words[index] ^= 1 }
}
