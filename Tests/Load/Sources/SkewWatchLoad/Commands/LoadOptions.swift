import ArgumentParser
import Glibc

/// The options that every scenario has.
struct LoadOptions: ParsableArguments {
    @Argument(help: "HOST:PORT of the server.")
    var target = "127.0.0.1:8080"

    @Option(
        help: ArgumentHelp(
            "A further node of the same cluster; may be given several times. Tabs and subscribers are dealt to all.", valueName: "host:port"
        ))
    var also: [String] = []

    @Option(help: "Where the server's endpoints begin.")
    var basePath = "/__skew"

    @Option(help: "How many tabs.")
    var connections = 1000

    @Option(help: "New tabs per second while ramping; without it as fast as the server takes them.")
    var rate: Double?

    @Option(help: "Handshakes under way at once, at most.")
    var inFlight = 256

    @Option(help: "Source addresses on loopback: 8 means 127.0.0.2 to 127.0.0.9. Each has 28,000 ports.")
    var sources = 1

    @Option(help: "Versions of the tabs: how many, or v1=70,v2=30 with weights.")
    var versions = "4"

    @Option(help: "Routes of the tabs: how many, or /a=9,/b=1 with weights.")
    var routes = "16"

    @Option(help: "Share of the tabs that are event streams (SSE) instead of WebSockets, 0 to 1.")
    var sse = 0.0

    @Option(help: "Token of the subscribers. Better in the environment, as SKEWWATCH_STATS_TOKEN: command lines are public.")
    var token: String?

    @Option(help: "Process id of the server: shows its CPU per operation and its memory, from /proc.")
    var pid: Int32?

    @Option(help: "The run stops by itself after this time, and a check fails.")
    var timeLimit = TimeArgument(argument: "120s")!

    @Option(help: "Repeats a former run's choices.")
    var seed: UInt64?

    @Option(help: "The server's --max-listed-connections: with more connections rows are not compared.")
    var maxListed = 10_000

    @Flag(help: "Mask frames with zero: spares the load generator some work.")
    var zeroMask = false

    @Flag(help: "Aim at a server that is not on this machine. Only at your own.")
    var allowRemote = false

    @Flag(help: "Print JSON instead of the table.")
    var json = false

    @Flag(help: "No progress bar.")
    var quiet = false

    /// What a token may consist of: what fits a header's line.
    private var credentials: String? {
        if let token { return token }
        guard let value = unsafe getenv("SKEWWATCH_STATS_TOKEN") else { return nil }
        return unsafe String(cString: value)
    }

    /// Whether there is a token for subscribers.
    var hasToken: Bool { credentials != nil }

    func validate() throws {
        guard connections > 0 else { throw ValidationError("--connections must be at least 1.") }
        guard inFlight > 0 else { throw ValidationError("--in-flight must be at least 1.") }
        guard (1...253).contains(sources) else { throw ValidationError("--sources must be between 1 and 253.") }
        guard (0...1).contains(sse) else { throw ValidationError("--sse must be between 0 and 1.") }
        if let rate, !(rate > 0) { throw ValidationError("--rate must be above 0.") }
        guard timeLimit.nanoseconds > 0 else { throw ValidationError("--time-limit must be above 0.") }
        guard basePath.hasPrefix("/"), !basePath.hasSuffix("/"), basePath.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("--base-path must begin with a slash and not end with one.")
        }
        guard Distribution(versions, prefix: "v") != nil else {
            throw ValidationError("--versions must be a number, or name=weight,name=weight.")
        }
        guard Distribution(routes, prefix: "/r") != nil else {
            throw ValidationError("--routes must be a number, or name=weight,name=weight.")
        }
        if let pid, ServerProcess(pid: pid).usage == nil { throw ValidationError("--pid \(pid): there is no such process.") }
        guard credentials?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) != false else {
            throw ValidationError("The token has characters that no header may have.")
        }
    }

    /// Everything a run needs, with the target checked. `extra` connections come on top of the tabs; `learnsIDs` as in `Crowd.Settings`.
    /// - Throws: `ValidationError`, so that the exit code is that of wrong usage.
    func course(
        _ scenario: String, extra: Int, learnsIDs: Bool, quiet calm: TimeArgument, pages: Crowd.Pages = .init()
    ) throws -> Course {
        var nodes: [Target] = []
        do throws(Target.Fault) {
            for node in [target] + also { nodes.append(try Target(node, allowRemote: allowRemote)) }
        } catch {
            throw ValidationError(error.sentence)
        }
        if sources > 1 {
            guard nodes.allSatisfy({ $0.address.family == AF_INET && $0.address.isLoopback }) else {
                throw ValidationError("--sources works only against an IPv4 loopback address.")
            }
        }
        let limit = FileLimit.raise() - FileLimit.reserve
        guard connections + extra <= limit else {
            throw ValidationError("\(connections + extra) connections are more than the \(limit) that the file limit (ulimit -Hn) allows.")
        }
        let seed = seed ?? UInt64.random(in: 1...999_999_999)
        let engine = Engine(
            .init(
                sources: sources > 1 ? (0..<UInt32(sources)).map { 0x7F00_0002 + $0 } : [],
                masksWithZero: zeroMask), random: SeededRandom(seed: seed &+ 1))
        guard let versions = Distribution(versions, prefix: "v"), let routes = Distribution(routes, prefix: "/r") else {
            throw ValidationError("--versions or --routes cannot be read.")
        }
        let crowd = Crowd(
            .init(
                nodes: nodes, basePath: basePath, token: credentials, versions: versions, routes: routes, streams: sse,
                learnsIDs: learnsIDs, pages: pages, mostListed: maxListed), engine: engine, random: SeededRandom(seed: seed)
        )
        return Course(
            .init(
                connections: connections, rate: rate, inFlight: inFlight, timeLimit: timeLimit.nanoseconds, quiet: calm.nanoseconds,
                server: pid.map(ServerProcess.init), showsProgress: !quiet), crowd: crowd,
            report: Report(scenario: scenario, target: nodes.map(\.host).joined(separator: ", "), seed: seed))
    }

    /// Prints what was found. - Throws: `ExitCode` 1 where a check failed.
    func finish(_ report: Report) throws {
        print(json ? try Summary.json(report) : Summary.lines(report).joined(separator: "\n"))
        guard report.held else { throw ExitCode(1) }
    }
}
