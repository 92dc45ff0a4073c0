internal import ArgumentParser
internal import SkewWatch

/// `skewwatch wait`: returns when a rollout is as far as a pipeline needs it.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until a rollout is far enough.",
        usage: """
            skewwatch wait [URL] [--old N | --version V --max N | --current SHARE]
                           [--for DURATION] [--timeout DURATION] [--json] [--token-file FILE] [--config FILE]
            """,
        discussion: HelpPage.discussion(
            of: """
                N is a number of tabs or a share such as 1%. Without a condition it is --old 0: nobody runs anything but the release. The \
                condition must hold without a break. What is unknown never counts as zero: a server that has just started, a connection \
                that is away, nodes that are not heard, tabs of versions without a name. It goes on over restarts of the server. \
                Progress is on standard error, the result on standard output.
                """,
            statuses: """
                  0    reached
                  1    the server cannot be asked; one sentence on standard error says why
                  2    the right to watch was lost on the way
                  78   wrong settings or arguments
                  124  not reached in time
                """))

    @Argument(help: ArgumentHelp("The server with its base path, such as https://app.example.com/__skew.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("At most so many tabs that do not run the release.", valueName: "n"))
    var old: String?

    @Option(help: ArgumentHelp("A version that at most --max tabs may run.", valueName: "version"))
    var version: String?

    @Option(help: ArgumentHelp("How many tabs may run --version; 0 unless given.", valueName: "n"))
    var max: String?

    @Option(help: ArgumentHelp("At least so many tabs that run the release.", valueName: "share"))
    var current: String?

    @Option(name: .customLong("for"), help: ArgumentHelp("How long it must hold.", valueName: "duration"))
    var holdFor = "60s"

    @Option(help: ArgumentHelp("When to give up.", valueName: "duration"))
    var timeout = "30m"

    @Flag(help: "Print the result as a JSON object.")
    var json = false

    @Option(help: ArgumentHelp("File that holds the stats token.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var settings: AccessArguments

    func run() async throws {
        let condition = try WaitCondition.read(old: old, version: version, max: max, current: current)
        let (holdFor, timeout) = (
            try WaitCondition.duration(holdFor, of: "--for"), try WaitCondition.duration(timeout, of: "--timeout")
        )
        let access = try ServerAccess(reading: url, tokenFile: tokenFile, settings)
        var run = WaitRun(access, condition, holdFor: holdFor, timeout: timeout)
        switch await run.run() {
        case .reached(let course): tell(course, isReached: true)
        case .timedOut(let course):
            tell(course, isReached: false)
            ExitStatus.timedOut.leave()
        case .cannotAsk(let sentence):
            throw CommandFailure(sentence: "\(access.url) cannot be watched: \(sentence).", status: .failed)
        case .deniedLater(let sentence):
            throw CommandFailure(sentence: "\(access.url) can no longer be watched: \(sentence).", status: .deniedLater)
        case .interrupted: throw CommandFailure(sentence: "Interrupted before it was reached.", status: .failed)
        }
    }

    private func tell(_ course: WaitCourse, isReached: Bool) {
        let now = MonotonicTime.now
        StandardStreams.print(
            json ? WaitWords.json(course, isReached: isReached, at: now) : WaitWords.result(course, isReached: isReached, at: now))
    }
}
