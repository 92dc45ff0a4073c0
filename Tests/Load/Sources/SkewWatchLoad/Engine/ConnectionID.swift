/// Which connection: its place in the engine's arrays and how often that place was used before, so that nothing said of a former connection
/// is taken for this one.
struct ConnectionID: Hashable {
    var slot: Int
    var use: UInt32

    /// What epoll keeps of it.
    var token: UInt64 { UInt64(slot) << 32 | UInt64(use) }

    init(slot: Int, use: UInt32) {
        self.slot = slot
        self.use = use
    }

    init(token: UInt64) {
        slot = Int(token >> 32)
        use = UInt32(truncatingIfNeeded: token)
    }
}
