import ArgumentParser

/// `churn`: tabs that open, move and close at given rates.
struct Churn: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Opens, moves and closes tabs at given rates; subscribers check the counts in the end.")

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions
    @OptionGroup var churn: ChurnOptions

    func run() throws {
        try load.requireToken(for: subscription.subscribers)
        let course = try load.course(
            "churn", extra: subscription.subscribers + churn.mostOpened, learnsIDs: false, quiet: subscription.settle)
        course.ramp()
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.churn(for: churn.duration.nanoseconds, churn.rates, marking: false)
        if subscription.subscribers > 0 { course.settleAndCompare("after churning") }
        course.leave(aborting: false)
        if subscription.subscribers > 0 { course.settleAndCompare("after leaving") }
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        try load.finish(course.report)
    }
}
