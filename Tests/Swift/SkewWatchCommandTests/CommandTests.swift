import Testing

@testable import SkewWatchCommand

@Suite struct CommandTests {
    @Test func `check says ok to settings that are right`() throws {
        let end = try RunningCommand("check", "--port", "0", environment: ["SKEWWATCH_MAX_ROUTES": "7"]).finish()
        #expect(end.status == 0 && end.output.hasPrefix("ok\nconnections: at most ") && end.errors.isEmpty)
    }

    @Test(arguments: ["check", "serve"])
    func `a wrong setting is one line on standard error and exit 78`(command: String) throws {
        let end = try RunningCommand(command, "--port", "abc").finish()
        #expect(end == (78, "", "skewwatch: --port must be a port number from 0 to 65535, or -1, not \"abc\".\n"))
    }

    @Test func `serve is what happens when no command is named`() throws {
        let end = try RunningCommand("--prot", "1").finish()
        #expect(end == (78, "", "skewwatch: --prot is not a setting; did you mean --port?\n"))
    }

    @Test func `a word that is no command is one line and exit 78`() throws {
        let end = try RunningCommand("sreve").finish()
        #expect(end.status == 78 && end.output.isEmpty)
        #expect(end.errors == "skewwatch: \"sreve\" is neither a command nor a setting; settings start with two dashes.\n")
    }

    @Test func `an argument that version does not know is one line and exit 78`() throws {
        let end = try RunningCommand("version", "--x").finish()
        #expect(end.status == 78 && end.output.isEmpty)
        #expect(end.errors.split(separator: "\n").count == 1)
    }

    @Test func `wrong environment and a file that is not there are named`() throws {
        let wrong = try RunningCommand("check", environment: ["SKEWWATCH_DEBOUNCE": "soon"]).finish()
        #expect(wrong.status == 78 && wrong.errors.hasPrefix("skewwatch: SKEWWATCH_DEBOUNCE must be a duration"))
        let missing = try RunningCommand("check", "--config", "/nowhere/skewwatch.json").finish()
        #expect(
            missing.errors == "skewwatch: --config names \"/nowhere/skewwatch.json\", which cannot be read: No such file or directory.\n")
    }

    @Test func `a path without an end is not read for ever`() throws {
        let end = try RunningCommand("check", "--config", "/dev/zero").finish()
        #expect(end.status == 78 && end.errors.contains("it is larger than"))
    }

    @Test(arguments: [
        ("app.example.com/may", "this one begins with neither http:// nor https://"),
        ("https://u:hunter2@app/x", "this one has a password"),
        ("https://app/a b", "this one has a blank"), ("https://:80/", "this one has no host"),
    ])
    func `a wrong URL is told with the reason, and without a word of it`(url: String, reason: String) throws {
        let end = try RunningCommand("check", "--authorize-url", url).finish()
        #expect(end.status == 78 && end.errors.contains(reason) && !end.errors.contains("hunter2"), "\(end.errors)")
    }

    @Test func `an origin in other letters is hinted at with what browsers send`() throws {
        let end = try RunningCommand("check", "--allowed-origins", "https://bücher.example").finish()
        #expect(end.status == 0 && end.errors.contains("https://xn--bcher-kva.example"))
    }

    @Test func `a deep check sends a test to the webhook, and says why it was not taken, without its URL`() throws {
        let server = try ServingCommand()
        defer { server.stop() }
        let secret = ["--webhook-secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        // Any endpoint that takes a POST of JSON will do.
        let taken = try RunningCommand(["check", "--deep", "--webhook-url", "\(server.url)/route"] + secret, environment: [:]).finish()
        #expect(taken.status == 0 && taken.errors.isEmpty, "\(taken.errors)")
        let refused = try RunningCommand(
            ["check", "--deep", "--webhook-url", "\(server.url)/hidden-key"] + secret, environment: [:]
        ).finish()
        #expect(refused == (1, "", "skewwatch: --webhook-url names a receiver that took no test: it answered 404.\n"))
        let inward = try RunningCommand(["check", "--deep", "--webhook-url", "http://169.254.169.254/x"] + secret, environment: [:])
            .finish()
        #expect(inward.status == 1 && inward.errors.contains("its name leads to this machine or to an address of the link"))
    }

    @Test func `a deep check dials Redis, and shows no password`() throws {
        let arguments = ["--redis-url", "redis://:hunter2@127.0.0.1:1"]
        #expect(try RunningCommand(["check"] + arguments, environment: [:]).finish().status == 0)
        let end = try RunningCommand(["check", "--deep"] + arguments, environment: [:]).finish()
        #expect(end.status == 1 && end.errors.contains("--redis-url leads to redis://127.0.0.1:1, which cannot be used"), "\(end)")
        #expect(!end.errors.contains("hunter2") && !end.output.contains("ok"))
    }

    @Test func `a warning does not stop check`() throws {
        let end = try RunningCommand("check", environment: ["SKEWWATCH_STATS_TOKN": "hunter2"]).finish()
        #expect(end.status == 0 && end.output.hasPrefix("ok\n"))
        #expect(end.errors.contains("did you mean SKEWWATCH_STATS_TOKEN?") && !end.errors.contains("hunter2"))
    }

    @Test(arguments: ["--help", "-h", "help"]) func `the first help fits a screen and names every command`(argument: String) throws {
        let end = try RunningCommand(argument).finish()
        let lines = end.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(end.status == 0 && end.errors.isEmpty)
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 }, "\(end.output)")
        #expect(lines.prefix(3).contains { $0.hasPrefix("USAGE: ") })
        for command in CommandSummary.all { #expect(end.output.contains("  \(command.name) "), "\(command.name)") }
    }

    @Test(arguments: [["serve", "--help"], ["check", "-h"], ["health", "--help"]])
    func `the help of a command has usage first, then settings by groups, and how it ends, within 100 columns`(arguments: [String]) throws {
        let end = try RunningCommand(arguments[0], arguments[1]).finish()
        #expect(end.status == 0 && end.errors.isEmpty)
        let usage = try #require(end.output.firstRange(of: "USAGE: "))
        let settings = try #require(end.output.firstRange(of: "LISTENING:\n  --host"))
        #expect(usage.lowerBound < settings.lowerBound)
        #expect(end.output.contains("  --stats-token <secret,…>\n") && end.output.contains("SKEWWATCH_MAX_LISTED_CONNECTIONS"))
        #expect(end.output.contains("78   wrong settings"))
        #expect(end.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func `one group of settings can be asked for, and another word is named`() throws {
        let limits = try RunningCommand("serve", "--help", "limits").finish()
        #expect(limits.status == 0 && limits.output.contains("--max-routes") && !limits.output.contains("--tls-cert <"))
        let wrong = try RunningCommand("serve", "--help", "limit").finish()
        #expect(wrong.status == 78 && wrong.errors.hasPrefix("skewwatch: There is no group of settings \"limit\""))
    }

    @Test(arguments: ["version", "--version", "-V"]) func `the version comes with the libraries in use`(argument: String) throws {
        let end = try RunningCommand(argument).finish()
        #expect(end.status == 0 && end.errors.isEmpty)
        let form =
            /skewwatch [0-9]+\.[0-9]+\.[0-9]+( \([^)]+\))?\nlibwebsockets [0-9.]+, libuv [0-9.]+, libcrypto [0-9.]+, libcurl [0-9.]+\n/
        #expect(end.output.wholeMatch(of: form) != nil, "\(end.output)")
    }
}
