import Testing

@testable import SkewWatch

@Suite struct ConfigurationPrecedenceTests {
    @Test func `without settings everything has its default and nobody is warned`() throws {
        let configuration = try load()
        #expect("\(configuration)" == "\(Configuration())")
        #expect(configuration.warnings.isEmpty)
    }

    @Test func `a flag wins over the environment and that over the file`() throws {
        let files = ["f.json": #"{"port": 1, "max-routes": 1, "max-versions": 1}"#]
        let environment = ["SKEWWATCH_PORT": "2", "SKEWWATCH_MAX_ROUTES": "2", "SKEWWATCH_CONFIG": "f.json"]
        let configuration = try load(["--port", "3"], environment: environment, files: files)
        #expect(configuration.port == 3)
        #expect(configuration.maxRoutes == 2)
        #expect(configuration.maxVersions == 1)
        #expect(configuration.configurationFile == "f.json")
    }

    @Test func `the flag for the file wins over the environment's`() throws {
        let files = ["a": #"{"port": 1}"#, "b": #"{"port": 2}"#]
        #expect(try load(["--config=b"], environment: ["SKEWWATCH_CONFIG": "a"], files: files).port == 2)
    }

    @Test func `a weaker place's wrong value does not matter once overridden`() throws {
        #expect(try load(["--port=3"], environment: ["SKEWWATCH_PORT": "x"]).port == 3)
    }

    @Test(arguments: [
        (["--ip-tracking"], true), (["--ip-tracking", "true"], true), (["--ip-tracking", "false"], false), (["--ip-tracking=false"], false),
        (["--ip-tracking", "--port=1"], true), (["--port=1", "--ip-tracking"], true),
    ])
    func `a switch may stand alone or take a value`(arguments: [String], expected: Bool) throws {
        #expect(try load(arguments).ipTracking == expected)
    }

    @Test func `a value may begin with one dash, and with two behind an equals sign`() throws {
        #expect(try load(["--internal-port", "-1"]).internalPort == nil)
        #expect(try load(["--stats-token=--x=y"]).statsToken?.exposed == "--x=y")
    }

    @Test(arguments: [
        (["--prot", "1"], "--prot is not a setting; did you mean --port?"),
        (["--stats-tokn=hunter2"], "--stats-tokn is not a setting; did you mean --stats-token?"),
        (["--max-conections-per-ip=3"], "--max-conections-per-ip is not a setting; did you mean --max-connections-per-ip?"),
        (["--zebra-crossing"], "--zebra-crossing is not a setting."),
        (["--"], "-- is not a setting."),
        (["--po\nrt"], "\"--po\\nrt\" is not a setting; did you mean --port?"),
        (["-p", "1"], "\"-p\" is neither a command nor a setting; settings start with two dashes."),
        (["--release", "build", "42"], "\"42\" behind the value of --release is no setting; put a value with blanks in quotes."),
        (["--admin-token", "hunter2", "x"], "A word behind the value of --admin-token is no setting; put a value with blanks in quotes."),
        (["--route-tracking", "yes"], "--route-tracking must be true or false, not \"yes\"."),
        (["--port"], "--port needs a value: a port number from 0 to 65535, or -1."),
        (["--port", "--host=::"], "--port needs a value: a port number from 0 to 65535, or -1."),
        (["--stats-token-file"], "--stats-token-file needs a value: the path of a file."),
        (["--port=1", "--port=2"], "--port is given twice."),
    ])
    func `arguments that are no settings are one sentence`(arguments: [String], expected: String) {
        #expect(sentence(arguments) == expected)
    }

    @Test func `an empty variable is one that is not set`() throws {
        let empty = Dictionary(uniqueKeysWithValues: SettingsTable.names.map { ($0.environment, "") })
        let configuration = try load(environment: empty)
        #expect("\(configuration)" == "\(Configuration())" && configuration.warnings.isEmpty)
        let environment = ["SKEWWATCH_STATS_TOKEN": "", "SKEWWATCH_STATS_TOKEN_FILE": "t"]
        #expect(try load(environment: environment, files: ["t": "tok"]).statsToken?.exposed == "tok")
        #expect(try load(environment: ["SKEWWATCH_PORT": "", "SKEWWATCH_CONFIG": "f"], files: ["f": #"{"port": 1}"#]).port == 1)
    }

    @Test func `an empty flag and an empty value in the file are wrong`() {
        #expect(sentence(["--port="]).isOneSentence)
        #expect(sentence(["--config=f"], files: ["f": #"{"release": ""}"#]).isOneSentence)
    }

    @Test func `an unknown variable of ours is a warning with the nearest name`() throws {
        let warnings = try load(environment: ["SKEWWATCH_STATS_TOKN": "hunter2", "OTHER_PORT": "x"]).warnings
        #expect(warnings == ["The environment variable \"SKEWWATCH_STATS_TOKN\" is not a setting; did you mean SKEWWATCH_STATS_TOKEN?"])
    }

    @Test func `the variables that Kubernetes sets for Services of our name do not stop the start`() throws {
        let environment = [
            "SKEWWATCH_PORT": "tcp://10.0.0.1:8080", "SKEWWATCH_SERVICE_HOST": "10.0.0.1", "SKEWWATCH_SERVICE_PORT": "8080",
            "SKEWWATCH_PORT_8080_TCP": "tcp://10.0.0.1:8080", "SKEWWATCH_PORT_8080_TCP_ADDR": "10.0.0.1",
            "SKEWWATCH_INTERNAL_PORT": "udp://10.0.0.2:9090", "SKEWWATCH_INTERNAL_SERVICE_PORT_METRICS": "9090",
        ]
        let configuration = try load(environment: environment)
        let warnings = configuration.warnings
        #expect(configuration.port == 8080 && configuration.internalPort == 9090)
        #expect(warnings.count == 2 && warnings[0].hasPrefix("SKEWWATCH_INTERNAL_PORT is ignored"))
        #expect(warnings.count == 2 && warnings[1].hasPrefix("SKEWWATCH_PORT is ignored"))
    }
}
