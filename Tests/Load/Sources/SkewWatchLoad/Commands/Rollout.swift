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

    @Option(help: "How often the rollout holds still, so that every surface is compared.")
    var looks = 3

    @Option(help: "The server (--pid) is killed once this share of the tabs was told, 0 to 1; somebody else starts the next one.")
    var killAt: Double?

    @Option(help: "HOST:PORT of the server's /metrics, to compare that as well.")
    var metrics: String?

    @Option(help: "How long all stay open at the end.")
    var hold = TimeArgument(argument: "0s")!

    @Option(help: "How long all hold still before the announcement.")
    var rest = TimeArgument(argument: "0s")!

    @Flag(help: "Fail if a loop was late by more than 5 ms while tabs were told (--metrics); --rest shows the machine's own part.")
    var promptly = false

    private var adminToken: String? { unsafe getenv("SKEWWATCH_ADMIN_TOKEN").map { unsafe String(cString: $0) } }

    func validate() throws {
        guard (1...100_000).contains(pace) else { throw ValidationError("--pace must be between 1 and 100000.") }
        guard (0...1).contains(stragglers) else { throw ValidationError("--stragglers must be between 0 and 1.") }
        guard (0...100).contains(looks) else { throw ValidationError("--looks must be between 0 and 100.") }
        if let killAt {
            guard (0...1).contains(killAt), load.pid != nil else { throw ValidationError("--kill-at is a share, and needs --pid.") }
        }
        guard !promptly || metrics != nil else { throw ValidationError("--promptly needs --metrics.") }
        guard !release.isEmpty, release.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) else {
            throw ValidationError("--release must be a plain name.")
        }
    }

    func run() throws {
        guard let adminToken else { throw ValidationError("Announcing needs the admin token: set SKEWWATCH_ADMIN_TOKEN.") }
        try load.requireToken(for: subscription.subscribers)
        // Old and new connections of a tab overlap for a moment.
        let course = try load.course(
            "rollout", extra: subscription.subscribers + load.connections / 4 + 100, learnsIDs: true, quiet: subscription.settle,
            pages: .init(hearsReleases: true, comesBack: killAt != nil, observes: true))
        let target = try Target(load.target, allowRemote: load.allowRemote)
        let surfaces = Surfaces(
            target: target, basePath: load.basePath, token: adminToken,
            metrics: try metrics.map { try Target($0, allowRemote: load.allowRemote) })
        course.subscribe(subscription.parsedModes, count: subscription.subscribers, checked: subscription.checked)
        course.ramp()
        compare(course, "before the announcement")
        let still = surfaces.lag
        course.hold("hold still", for: rest.nanoseconds, marking: false)
        let rested = surfaces.lag
        let answer = PlainRequest.send(
            "POST", "\(load.basePath)/admin/release", to: target.address, host: target.host, token: adminToken,
            body: #"{"version":"\#(release)","rate":\#(pace)}"#)
        let announced = answer.flatMap { try? JSONDecoder().decode(Announced.self, from: Data($0.body)) }
        let expected = course.crowd.tabs.count
        course.check(
            "the announcement is for every old tab", announced?.matching == expected,
            "status \(answer?.status ?? 0), for \(announced?.matching ?? 0) of \(expected)")
        let start = ReloadPlan(release: release, halfLife: halfLife.nanoseconds, stragglers: stragglers)
        let plan = course.rollOut(start, matching: expected, looks: looks, killAt: killAt) { moment in
            compare(course, moment)
            course.compare(surfaces, release: release, announced: nil, moment)
        }
        if promptly { course.checkLag(still, rested, surfaces.lag) }
        course.checkRollout(plan, matching: expected, pace: pace, tolerance: tolerance)
        for moment in ["after the rollout", "without stragglers"] {
            compare(course, moment)
            // What was on its way went with the server that was killed.
            course.compare(surfaces, release: release, announced: course.wasKilled ? nil : expected, moment)
            if moment == "after the rollout" { course.closeStaying(plan) }
        }
        course.hold("hold", for: hold.nanoseconds, marking: false)
        course.compare(surfaces, release: release, announced: nil, "at the end")
        course.leave(aborting: false)
        compare(course, "after leaving")
        course.checkTabs()
        course.checkSubscribers(allowsRepeats: !subscription.strictDeltas)
        try load.finish(course.report)
    }

    private func compare(_ course: Course, _ moment: String) {
        if subscription.subscribers > 0 { course.settleAndCompare(moment) } else { course.quiet() }
    }

    private struct Announced: Decodable { var matching: Int }
}
