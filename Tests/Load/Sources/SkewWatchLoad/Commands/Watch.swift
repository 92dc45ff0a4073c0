import ArgumentParser

/// `watch`: subscribers that check all they are told while tabs come, move and go.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks what subscribers see: exact counts, deltas equal to snapshots, no gap; and how stale it is.")

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions
    @OptionGroup var churn: ChurnOptions

    func run() throws {
        try load.requireToken(for: subscription.subscribers)
        let course = try load.course(
            "watch", extra: subscription.subscribers + 1 + churn.mostOpened, learnsIDs: true, quiet: subscription.settle)
        course.crowd.marks = subscription.marks
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.openMarker()
        course.ramp()
        course.settleAndCompare("after connecting")
        course.churn(for: churn.duration.nanoseconds, churn.rates, marking: true)
        course.settleAndCompare("after churning")
        course.leave(aborting: false)
        course.settleAndCompare("after leaving")
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        course.checkMarks(within: subscription.maxStaleness?.nanoseconds)
        try load.finish(course.report)
    }
}
