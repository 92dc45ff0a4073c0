import ArgumentParser

/// `connect`: opens tabs, holds them, closes them.
struct Connect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ramps up to so many tabs, holds them and closes them.")

    @OptionGroup var load: LoadOptions

    @Option(help: "How long the tabs are held.")
    var hold = TimeArgument(argument: "5s")!

    @Option(help: "How many times they come and go.")
    var rounds = 1

    func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds must be between 1 and 1000.") }
    }

    func run() throws {
        let course = try load.course("connect", extra: 0, learnsIDs: false, quiet: TimeArgument(argument: "1s")!)
        var first: ServerProcess.Usage?
        for round in 1...rounds {
            let before = course.settings.server?.usage
            course.ramp()
            course.hold("hold", for: hold.nanoseconds, marking: false)
            if round == 1 {
                first = course.settings.server?.usage
                course.figureMemory(before: before)
            }
            if round == rounds, round > 1 { course.figureGrowth(since: first, named: "server RSS growth since the first round") }
            course.leave(aborting: false)
        }
        course.checkTabs()
        try load.finish(course.report)
    }
}
