import ArgumentParser

/// `watch`: subscribers that check all they are told while tabs come, move and go.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks what subscribers see: exact counts, deltas equal to snapshots, no gap; and how stale it is.")

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions

    @Option(help: "How long tabs open, move and close.")
    var duration = TimeArgument(argument: "10s")!

    @Option(help: "Tabs that open, per second.")
    var opens = 20.0

    @Option(help: "Tabs that move, per second. A tab by chance each: the server takes 20 messages per second of one.")
    var moves = 50.0

    @Option(help: "Tabs that close, per second.")
    var closes = 20.0

    func run() throws {
        try load.requireToken(for: subscription.subscribers)
        let course = try load.course(
            "watch", extra: subscription.subscribers + 1 + Int(opens * Double(duration.nanoseconds) / 1e9), learnsIDs: true,
            quiet: subscription.settle)
        course.crowd.marks = MarkBoard(interval: subscription.markEvery.nanoseconds, patience: 15_000_000_000)
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.openMarker()
        course.ramp()
        course.settleAndCompare("after connecting")
        course.churn(for: duration.nanoseconds, opens: opens, moves: moves, closes: closes, marking: true)
        course.settleAndCompare("after churning")
        course.leave(aborting: false)
        course.settleAndCompare("after leaving")
        course.checkTabs()
        course.checkSubscribers()
        course.checkMarks(within: subscription.maxStaleness?.nanoseconds)
        try load.finish(course.report)
    }
}
