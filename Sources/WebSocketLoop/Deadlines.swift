/// The deadlines of all connections of a loop: each connection has one at most, for what it is waited for now.
///
/// All deadlines of one kind lie the same interval ahead, so the one set last is due last: a plain queue for each kind, O(1) in
/// everything. (libwebsockets keeps timers in one sorted list and inserts from its head; with 15,000 connections that was half of all
/// CPU.) The queues share arrays by index, so a connection costs 13 bytes and no allocation. Times are ticks of the owner, 1 and up.
struct Deadlines {
    /// What a connection is waited for.
    enum Kind: UInt8, CaseIterable {
        /// The answer to its request or handshake.
        case handshake
        /// The answer to a ping.
        case pong
        /// The time for the next ping.
        case ping
        /// The end of its closing.
        case goodbye
        /// The time for the next event, lest a stream seems dead.
        case keepalive
    }

    private static let none = UInt32.max

    private struct Queue {
        var head = none
        var tail = none
    }

    private var next: [UInt32] = []
    private var previous: [UInt32] = []
    /// 0 where there is no deadline.
    private var due: [UInt32] = []
    private var kinds: [Kind] = []
    private var queues = [Queue](repeating: Queue(), count: Kind.allCases.count)

    /// Sets the deadline of a connection, in place of the one it may have. `tick` must not be before the newest one of its kind.
    mutating func set(_ kind: Kind, _ index: Int, due tick: UInt32) {
        forget(index)
        grow(to: index)
        let tail = queues[Int(kind.rawValue)].tail
        precondition(tail == Self.none || due[Int(tail)] <= tick, "the deadlines of one kind must be set in order of time")
        (due[index], kinds[index], previous[index], next[index]) = (tick, kind, tail, Self.none)
        if tail == Self.none { queues[Int(kind.rawValue)].head = UInt32(index) } else { next[Int(tail)] = UInt32(index) }
        queues[Int(kind.rawValue)].tail = UInt32(index)
    }

    /// Drops the deadline of a connection, if it has one.
    mutating func forget(_ index: Int) {
        guard index < due.count, due[index] != 0 else { return }
        let queue = Int(kinds[index].rawValue)
        let (before, after) = (previous[index], next[index])
        if before == Self.none { queues[queue].head = after } else { next[Int(before)] = after }
        if after == Self.none { queues[queue].tail = before } else { previous[Int(after)] = before }
        due[index] = 0
    }

    /// Takes the connection whose deadline of this kind is due at `tick` and was set first, if there is one.
    /// - Returns: its index, and the tick that was set.
    mutating func takeDue(_ kind: Kind, at tick: UInt32) -> (index: Int, due: UInt32)? {
        let head = queues[Int(kind.rawValue)].head
        guard head != Self.none, due[Int(head)] <= tick else { return nil }
        let set = due[Int(head)]
        forget(Int(head))
        return (Int(head), set)
    }

    /// What a connection is waited for; nil for one without a deadline.
    func kind(of index: Int) -> Kind? { index < due.count && due[index] != 0 ? kinds[index] : nil }

    private mutating func grow(to index: Int) {
        guard index >= due.count else { return }
        let missing = max(index + 1, due.count + due.count / 4 + 64) - due.count
        next.append(contentsOf: repeatElement(Self.none, count: missing))
        previous.append(contentsOf: repeatElement(Self.none, count: missing))
        due.append(contentsOf: repeatElement(0, count: missing))
        kinds.append(contentsOf: repeatElement(.handshake, count: missing))
    }
}
