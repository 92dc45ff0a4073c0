/// Deadlines that all lie the same interval ahead, so that the one set last is due last: a plain queue, O(1) in everything.
///
/// libwebsockets keeps timers in one sorted list and inserts from its head; with 15,000 connections that was half of all CPU.
/// The queue is linked through arrays by place, so an entry costs 12 bytes and no allocation. Times are ticks of the owner.
struct DeadlineQueue {
    private static let none = UInt32.max

    private var next: [UInt32] = []
    private var previous: [UInt32] = []
    private var due: [UInt32] = []
    private var head = none
    private var tail = none

    /// Sets the deadline of `place`, which must not have one, to `tick`, which must not be before the newest one set.
    mutating func append(_ place: Int, due tick: UInt32) {
        grow(to: place)
        precondition(tail == Self.none || due[Int(tail)] <= tick, "a deadline queue is filled in order of time")
        precondition(!contains(place), "place \(place) already has a deadline")
        due[place] = tick
        previous[place] = tail
        next[place] = Self.none
        if tail == Self.none { head = UInt32(place) } else { next[Int(tail)] = UInt32(place) }
        tail = UInt32(place)
    }

    /// Drops the deadline of `place`, if it has one.
    mutating func remove(_ place: Int) {
        guard contains(place) else { return }
        let (before, after) = (previous[place], next[place])
        if before == Self.none { head = after } else { next[Int(before)] = after }
        if after == Self.none { tail = before } else { previous[Int(after)] = before }
        due[place] = 0
    }

    /// The deadline of `place` as a tick; nil where it has none.
    func deadline(of place: Int) -> UInt32? { contains(place) ? due[place] : nil }

    /// The place that is due at `tick` and was set first, if there is one.
    func firstDue(at tick: UInt32) -> Int? {
        head != Self.none && due[Int(head)] <= tick ? Int(head) : nil
    }

    /// Takes the place that is due at `tick` and was set first, if there is one.
    mutating func popDue(at tick: UInt32) -> Int? {
        guard head != Self.none, due[Int(head)] <= tick else { return nil }
        let place = Int(head)
        remove(place)
        return place
    }

    /// Whether `place` has a deadline. Tick 0 marks "none": the owner's clock starts at 1.
    func contains(_ place: Int) -> Bool { place < due.count && due[place] != 0 }

    private mutating func grow(to place: Int) {
        guard place >= due.count else { return }
        let missing = max(place + 1, due.count + due.count / 4 + 64) - due.count
        next.append(contentsOf: repeatElement(Self.none, count: missing))
        previous.append(contentsOf: repeatElement(Self.none, count: missing))
        due.append(contentsOf: repeatElement(0, count: missing))
    }
}
