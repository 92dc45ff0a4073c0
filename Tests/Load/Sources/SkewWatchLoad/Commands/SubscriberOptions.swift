import ArgumentParser

/// The options of the scenarios that have subscribers.
struct SubscriberOptions: ParsableArguments {
    @Option(help: "How many subscribers. They need the token.")
    var subscribers = 4

    @Option(help: "In which forms they subscribe, dealt in turn: delta, snapshot, summary.")
    var modes = "delta,snapshot"

    @Option(help: "How many of them read and check every message; the others only look for marks.")
    var checked = 8

    @Option(help: "Least time from one mark to the next.")
    var markEvery = TimeArgument(argument: "250ms")!

    @Option(help: "Fail if the 99th percentile of staleness is above this.")
    var maxStaleness: TimeArgument?

    @Option(help: "Time without a message after which all is expected to be told.")
    var settle = TimeArgument(argument: "2s")!

    @Flag(help: "Fail if the first delta after a list tells again what the list had already.")
    var strictDeltas = false

    /// The forms, read.
    var parsedModes: [ClientMessage.Mode] { modes.split(separator: ",").compactMap { ClientMessage.Mode(rawValue: String($0)) } }

    /// The board the marks are kept on.
    var marks: MarkBoard { MarkBoard(interval: markEvery.nanoseconds, patience: 15_000_000_000) }

    func validate() throws {
        guard subscribers >= 0, checked >= 0 else { throw ValidationError("--subscribers and --checked cannot be negative.") }
        guard !modes.isEmpty, parsedModes.count == modes.split(separator: ",", omittingEmptySubsequences: false).count else {
            throw ValidationError("--modes takes delta, snapshot and summary, separated by commas.")
        }
    }
}

extension LoadOptions {
    /// Refuses subscribers without a token. - Throws: `ValidationError`.
    func requireToken(for count: Int) throws {
        if count > 0, !hasToken {
            throw ValidationError("Subscribers need the server's token: set SKEWWATCH_STATS_TOKEN, or give --token, or --subscribers 0.")
        }
    }
}
