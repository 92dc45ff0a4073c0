/// A rollout: tabs hear of a release, and pages are loaded anew. Now and then all of it holds still, so that everything can be compared.
extension Course {
    /// Goes on until all that were to hear have heard and nobody is about to reload.
    /// - Parameters:
    ///   - looks: how often it holds still on the way.
    ///   - killAt: once this share of the tabs was told the server is killed; nil for never.
    ///   - look: compares; told after which share of the tabs.
    /// - Returns: the plan as it was in the end.
    func rollOut(_ start: ReloadPlan, matching: Int, looks: Int, killAt: Double?, look: (String) -> Void) -> ReloadPlan {
        var plan = start
        let before = crowd.tally.opened
        var moves = Pace(rate: Double(matching) / 50, start: Clock.now)
        var (looked, reloaded) = (0, 0)
        phase("rollout") {
            while plan.heard < matching || plan.isWaiting || crowd.isLeaving || crowd.isReturning || crowd.engine.pending > 0, isInTime() {
                hear(&plan)
                if let killAt, !wasKilled, Double(plan.told) >= killAt * Double(matching) { killServer() }
                let room = max(0, settings.inFlight - crowd.engine.pending)
                for page in plan.takeDue(at: Clock.now, limit: room) {
                    if crowd.reload(page, as: plan.release) { reloaded += 1 } else { plan.postpone(page, until: Clock.now + 500_000_000) }
                }
                // Some walk on meanwhile, as people do.
                if !crowd.isReturning { for _ in 0..<moves.take(at: Clock.now, limit: 100) { crowd.moveTab() } }
                step("rollout", done: plan.heard, of: matching)
                guard looked < looks, reloaded * (looks + 1) >= (looked + 1) * matching, !crowd.isReturning else { continue }
                looked += 1
                look("after \(looked * 100 / (looks + 1)) % of the reloads")
                hear(&plan)
            }
            return crowd.tally.opened - before
        }
        return plan
    }

    private func hear(_ plan: inout ReloadPlan) {
        for heard in crowd.takeHeard() {
            let chance = Double.random(in: 0..<1, using: &crowd.random)
            if let release = heard.release {
                plan.greet(heard.page, with: release, runs: heard.version, at: heard.at, chance: chance)
            } else {
                plan.tell(heard.page, runs: heard.version, at: heard.at, chance: chance)
            }
        }
    }

    /// Those that never load anew are closed, as people do in the evening.
    func closeStaying(_ plan: ReloadPlan) {
        phase("stragglers leave") {
            for page in plan.staying { crowd.closePage(page) }
            wait("stragglers leave", of: 1, atMost: 20_000_000_000) { crowd.isLeaving ? 0 : 1 }
            return plan.staying.count
        }
    }

    /// That no loop was held while tabs were told, and what a pause of ten seconds before showed of the machine itself.
    func checkLag(_ still: (looks: Int, late: Int)?, _ rested: (looks: Int, late: Int)?, _ told: (looks: Int, late: Int)?) {
        guard let still, let rested, let told else { return check("no loop was late by more than 5 ms", false, "no metrics") }
        figure("looks late by more than 5 ms while nothing happened", Double(rested.late - still.late), "of \(rested.looks - still.looks)")
        let late = told.late - rested.late
        check("no loop was late by more than 5 ms", late == 0, "\(late) of \(Numbers.text(told.looks - rested.looks)) looks were")
    }

    /// What is promised of an announcement.
    func checkRollout(_ plan: ReloadPlan, matching: Int, pace: Int, tolerance: Double) {
        check(
            "every tab heard of it once", plan.heard == matching && plan.repeats == 0,
            "\(Numbers.text(plan.told)) told, \(Numbers.text(plan.heardOnReturn)) on coming back, \(plan.repeats) again")
        check("nobody who runs it was told", plan.needless == 0, "\(plan.needless) were")
        check("nobody heard of an older release", plan.misled == 0, "\(plan.misled) did")
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
