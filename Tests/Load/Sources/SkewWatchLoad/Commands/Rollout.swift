import ArgumentParser
import FoundationEssentials
import Glibc

/// `rollout`: a release is announced to old tabs, which load themselves anew by and by.
struct Rollout: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Announces a release to old tabs, which reload with a half-life; checks the pace, who was told, and the counts.",
        discussion: "The admin token comes from SKEWWATCH_ADMIN_TOKEN, that of the subscribers as everywhere.")

    @OptionGroup var load: LoadOptions
    @OptionGroup var subscription: SubscriberOptions

    @Option(help: "The release that is announced.")
    var release = "build-next"

    @Option(help: "Tabs that are told in a second.")
    var pace = 500

    @Option(help: "Most that the pace may be off, in per cent.")
    var tolerance = 5.0

    @Option(help: "In which time half of the tabs that were told have reloaded.")
    var halfLife = TimeArgument(argument: "5s")!

    @Option(help: "Share of the tabs that never reload, 0 to 1.")
    var stragglers = 0.02

    private var adminToken: String? { unsafe getenv("SKEWWATCH_ADMIN_TOKEN").map { unsafe String(cString: $0) } }

    func validate() throws {
        guard (1...100_000).contains(pace) else { throw ValidationError("--pace must be between 1 and 100000.") }
        guard (0...1).contains(stragglers) else { throw ValidationError("--stragglers must be between 0 and 1.") }
        guard !release.isEmpty, release.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
            throw ValidationError("--release must be a plain name.")
        }
    }

    func run() throws {
        guard let adminToken else { throw ValidationError("Announcing needs the admin token: set SKEWWATCH_ADMIN_TOKEN.") }
        try load.requireToken(for: subscription.subscribers)
        // Old and new connections of a tab overlap for a moment.
        let course = try load.course(
            "rollout", extra: subscription.subscribers + load.connections / 4 + 100, learnsIDs: true, hearsReleases: true,
            quiet: subscription.settle)
        let target = try Target(load.target, allowRemote: load.allowRemote)
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.ramp()
        if subscription.subscribers > 0 { course.settleAndCompare("before the announcement") }
        let answer = PlainRequest.send(
            "POST", "\(load.basePath)/admin/release", to: target.address, host: target.host, token: adminToken,
            body: #"{"version":"\#(release)","rate":\#(pace)}"#)
        let announced = answer.flatMap { try? JSONDecoder().decode(Announced.self, from: Data($0.body)) }
        // The subscribers of this scenario are tabs, too, and hear of it like any.
        let expected = course.crowd.tabs.count + course.crowd.subscribers.count { $0.ending == nil }
        course.check(
            "the announcement is for every old tab", announced?.matching == expected,
            "status \(answer?.status ?? 0), for \(announced?.matching ?? 0) of \(expected)")
        let plan = course.rollOut(
            to: release, plan: ReloadPlan(release: release, halfLife: halfLife.nanoseconds, stragglers: stragglers),
            matching: course.crowd.tabs.count)
        course.checkRollout(plan, pace: pace, tolerance: tolerance)
        if subscription.subscribers > 0 { course.settleAndCompare("after the rollout") }
        compareRollout(course, target, adminToken)
        course.leave(aborting: false)
        if subscription.subscribers > 0 { course.settleAndCompare("after leaving") }
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        try load.finish(course.report)
    }

    private struct Announced: Decodable { var matching: Int }
    private struct Stand: Decodable { var total: Int, current: Int, old: Int }

    /// `/admin/rollout` against what is so.
    private func compareRollout(_ course: Course, _ target: Target, _ token: String) {
        let answer = PlainRequest.send(
            "GET", "\(load.basePath)/admin/rollout", to: target.address, host: target.host, token: token)
        let stand = answer.flatMap { try? JSONDecoder().decode(Stand.self, from: Data($0.body)) }
        let truth = course.crowd.truth
        let (total, current) = (truth.versions.values.reduce(0, +), truth.versions[release] ?? 0)
        course.check(
            "/admin/rollout is exact", stand?.total == total && stand?.current == current && stand?.old == total - current,
            "\(stand.map { "\($0.current) of \($0.total)" } ?? "no answer"), true: \(current) of \(total)")
    }
}

extension Course {
    /// What is promised of an announcement.
    func checkRollout(_ plan: ReloadPlan, pace: Int, tolerance: Double) {
        check("every tab heard of it once", plan.repeats == 0, "\(Numbers.text(plan.heard)) heard, \(plan.repeats) again")
        check("nobody who runs it was told", plan.needless == 0, "\(plan.needless) were")
        guard let rate = plan.rate else { return check("the pace is right", false, "it took less than a second: use a slower --pace") }
        let off = (rate / Double(pace) - 1) * 100
        check(
            "the pace is right", abs(off) <= tolerance,
            "\(Numbers.text(rate, places: 1)) a second instead of \(pace): \(Numbers.text(off, places: 2)) %")
        let whole = plan.bySecond.dropLast()
        if let (low, high) = whole.min().flatMap({ low in whole.max().map { (low, $0) } }) {
            figure("least told in a second", Double(low), "")
            figure("most told in a second", Double(high), "")
        }
    }
}
