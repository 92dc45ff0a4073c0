/// Subscribers that do not read.
extension Course {
    /// Opens them and waits until they are open.
    func openSlow(_ mode: ClientMessage.Mode, count: Int) {
        guard count > 0 else { return }
        phase("slow ones") {
            for _ in 0..<count { crowd.openSlow(mode) }
            wait("slow ones", of: count, atMost: 20_000_000_000) { crowd.slow.count + crowd.slowEnded }
            return crowd.slow.count
        }
    }

    /// Lets them read again and returns how many of them the server had cut off.
    func wakeSlow(of count: Int) -> Int {
        guard count > 0 else { return 0 }
        phase("wake") {
            crowd.wakeSlow()
            let start = Clock.now
            wait("wake", of: 1, atMost: 3_000_000_000) { Clock.now - start > 2_500_000_000 ? 1 : 0 }
            return count
        }
        figure("slow ones cut off by the server", Double(crowd.slowEnded), "of \(count)")
        return crowd.slowEnded
    }
}
