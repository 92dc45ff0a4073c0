import ArgumentParser

/// `storm`: all tabs drop at once and come back.
struct Storm: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drops all tabs at once and lets them reconnect, as after a restart of the proxy.")

    /// How a tab drops.
    enum Manner: String, ExpressibleByArgument, CaseIterable {
        case reset, close
    }

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions

    @Option(help: "How the tabs drop: by a reset, or by a close frame.")
    var how = Manner.reset

    @Option(help: "How often.")
    var rounds = 3

    @Option(help: "How long they stay away.")
    var away = TimeArgument(argument: "0s")!

    @Option(help: "Fail if not all are back within this time.")
    var maxRecovery = TimeArgument(argument: "30s")!

    func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds must be between 1 and 1000.") }
    }

    func run() throws {
        try load.requireToken(for: subscription.subscribers)
        let course = try load.course("storm", extra: subscription.subscribers, learnsIDs: !load.also.isEmpty, quiet: subscription.settle)
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.ramp()
        let first = course.settings.server?.usage
        var slowest = 0.0
        for round in 1...rounds {
            course.leave(aborting: how == .reset)
            course.hold("away", for: away.nanoseconds, marking: false)
            course.ramp("reconnect \(round)")
            slowest = max(slowest, course.report.phases.last?.seconds ?? 0)
        }
        course.figureGrowth(since: first, named: "server RSS growth over all rounds")
        if subscription.subscribers > 0 { course.settleAndCompare("after the storm") }
        course.leave(aborting: false)
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        let limit = Double(maxRecovery.nanoseconds) / 1e9
        course.check(
            "all came back in time", slowest <= limit, "\(Numbers.text(slowest, places: 2)) s at most, limit \(Numbers.text(limit)) s")
        try load.finish(course.report)
    }
}
