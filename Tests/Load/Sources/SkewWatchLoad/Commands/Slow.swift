import ArgumentParser

/// `slow`: subscribers that do not read, beside some that do.
struct Slow: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribers that never read: what they cost the server, and whether the others notice.")

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions
    @OptionGroup var churn: ChurnOptions

    @Option(help: "How many subscribers do not read.")
    var slow = 20

    @Option(help: "In which form the slow ones subscribe.")
    var slowMode = "snapshot"

    @Option(help: "Fail if a slow one costs the server more bytes of memory than this. Needs --pid.")
    var maxMemory: Int?

    @Flag(help: "Fail unless the server cut every slow one off.")
    var expectCut = false

    func validate() throws {
        guard slow >= 0 else { throw ValidationError("--slow cannot be negative.") }
        guard ClientMessage.Mode(rawValue: slowMode) != nil else { throw ValidationError("--slow-mode is delta, snapshot or summary.") }
        if maxMemory != nil, load.pid == nil { throw ValidationError("--max-memory needs --pid.") }
    }

    func run() throws {
        try load.requireToken(for: subscription.subscribers + slow)
        let course = try load.course(
            "slow", extra: subscription.subscribers + slow + 1 + churn.mostOpened, learnsIDs: false, quiet: subscription.settle)
        course.crowd.marks = subscription.marks
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.openMarker()
        course.ramp()
        course.churn("before", for: churn.duration.nanoseconds / 2, churn.rates, marking: true)
        let before = course.settings.server?.usage
        course.openSlow(ClientMessage.Mode(rawValue: slowMode) ?? .snapshot, count: slow)
        course.churn("with slow", for: churn.duration.nanoseconds, churn.rates, marking: true)
        let grown = course.figureGrowth(since: before, named: "server RSS growth with slow ones")
        let cut = course.wakeSlow(of: slow)
        if subscription.subscribers > 0 { course.settleAndCompare("after waking") }
        course.leave(aborting: false)
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        course.checkMarks(within: subscription.maxStaleness?.nanoseconds)
        if expectCut { course.check("every slow one was cut", cut == slow, "\(cut) of \(slow)") }
        if let maxMemory, slow > 0 {
            let each = (grown ?? .max) / slow
            course.check(
                "a slow one's memory is bounded", each <= maxMemory, "\(Numbers.text(each)) bytes each, limit \(Numbers.text(maxMemory))")
        }
        try load.finish(course.report)
    }
}
