import Testing

@Suite struct CommandTests {
    @Test func `check says ok to settings that are right`() throws {
        let end = try RunningCommand("check", "--port", "0", environment: ["SKEWWATCH_MAX_ROUTES": "7"]).finish()
        #expect(end.status == 0 && end.output.hasPrefix("ok\nconnections: at most ") && end.errors.isEmpty)
    }

    @Test(arguments: ["check", "serve"])
    func `a wrong setting is one line on standard error and exit 78`(command: String) throws {
        let end = try RunningCommand(command, "--port", "abc").finish()
        #expect(end == (78, "", "skewwatch: --port must be a port number from 0 to 65535, not \"abc\".\n"))
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

    @Test func `a warning does not stop check`() throws {
        let end = try RunningCommand("check", environment: ["SKEWWATCH_STATS_TOKN": "hunter2"]).finish()
        #expect(end.status == 0 && end.output.hasPrefix("ok\n"))
        #expect(end.errors.contains("did you mean SKEWWATCH_STATS_TOKEN?") && !end.errors.contains("hunter2"))
    }

    @Test(arguments: [["--help"], ["-h"], ["help"], ["serve", "--help"], ["check", "-h"], ["help", "serve"]])
    func `help explains settings and exit statuses within 100 columns`(arguments: [String]) throws {
        let end: (status: Int32, output: String, errors: String)
        switch arguments.count {
        case 1: end = try RunningCommand(arguments[0]).finish()
        default: end = try RunningCommand(arguments[0], arguments[1]).finish()
        }
        #expect(end.status == 0 && end.errors.isEmpty)
        #expect(end.output.contains("  --stats-token <secret,…>\n") && end.output.contains("SKEWWATCH_MAX_LISTED_CONNECTIONS"))
        #expect(end.output.contains("78   wrong settings"))
        #expect(end.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test(arguments: ["version", "--version", "-V"]) func `the version comes with the libraries in use`(argument: String) throws {
        let end = try RunningCommand(argument).finish()
        #expect(end.status == 0 && end.errors.isEmpty)
        let form =
            /skewwatch [0-9]+\.[0-9]+\.[0-9]+( \([^)]+\))?\nlibwebsockets [0-9.]+, libuv [0-9.]+, libcrypto [0-9.]+, libcurl [0-9.]+\n/
        #expect(end.output.wholeMatch(of: form) != nil, "\(end.output)")
    }
}
