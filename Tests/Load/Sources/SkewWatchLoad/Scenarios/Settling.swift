/// The moments in which nothing changes, so that everything can be compared.
extension Course {
    /// Waits for rest, asks for the statistics again, and compares: deltas with the snapshot, and both with what is so.
    func settleAndCompare(_ moment: String) {
        quiet()
        crowd.compareWithTruth()
        crowd.askAgain()
        let asked = crowd.subscribers.count { $0.awaited != nil }
        let answered = wait("compare", of: asked, atMost: 20_000_000_000) {
            crowd.subscribers.count { $0.isWatching && $0.awaited == nil }
        }
        crowd.compareWithTruth()
        check("compared \(moment)", answered && asked > 0, "\(asked) subscribers, \(Numbers.text(crowd.truth.rows.count)) connections")
    }

    /// Closes all tabs and waits until they are closed.
    func leave(aborting: Bool) {
        phase("leave") {
            let before = crowd.tally.closed
            crowd.closeAllTabs(aborting: aborting)
            wait("leave", of: 1, atMost: 20_000_000_000) { crowd.isLeaving ? 0 : 1 }
            return crowd.tally.closed - before
        }
    }
}
