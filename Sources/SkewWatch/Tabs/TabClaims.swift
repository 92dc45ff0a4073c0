internal import SkewCluster
internal import WebSocketLoop

/// Which connection stands for each tab that has named itself: a newer one takes the older one's place. A value, handed the time.
///
/// Each takes 32 bytes, 4 to 8 in the index, and a quarter of both while it grows.
struct TabClaims: Sendable {
    /// A connection, on the loop with this number.
    struct Owner: Hashable, Sendable {
        // In this order both lie in nine bytes.
        var socket: SocketID
        var tracker: UInt8
    }

    /// The number of a tab's entry, for as long as a connection stands for it.
    typealias Number = UInt32

    enum Verdict: Equatable, Sendable {
        /// Nobody stands for the tab.
        case first(Number)
        /// Somebody did until now, and has to give way. The tab is as old as that one's.
        case replaces(Owner, since: UInt32, Number)
        /// Too many have taken each other's place: this one counts for itself, so that nobody can make two tabs fight.
        case separate
    }

    /// How often a tab may be taken over within a minute.
    static let mostReplacements: UInt8 = 10

    private struct Entry: Sendable {
        var key: TabKey
        /// No tracker has the highest number: then the entry is free.
        var owner: Owner
        /// How often it was taken over within the minute that began then, in seconds.
        var replacements: UInt8 = 0
        var minute: UInt16 = 0
        /// Since when its tab is open, as the caller counts time.
        var since: UInt32

        var isFree: Bool { owner.tracker == .max }
    }

    private var entries: [Entry] = []
    private var free: [Number] = []
    /// Open addressing over the numbers of entries; `none` where nothing is.
    private var index: [Number] = []
    private static let none = Number.max

    /// How many tabs have somebody who stands for them.
    var count: Int { entries.count - free.count }

    /// A connection says that it is this tab.
    /// - Parameter since: when the tab opened, if this is its first connection.
    mutating func claim(_ key: TabKey, by owner: Owner, since: UInt32, at now: Duration) -> Verdict {
        if let number = number(of: key) {
            let place = Int(number)
            let second = UInt16(truncatingIfNeeded: Int(now / .seconds(1)))
            if entries[place].replacements == 0 || second &- entries[place].minute >= 60 {
                (entries[place].replacements, entries[place].minute) = (0, second)
            }
            guard entries[place].replacements < Self.mostReplacements else { return .separate }
            entries[place].replacements += 1
            let former = entries[place].owner
            entries[place].owner = owner
            return .replaces(former, since: entries[place].since, number)
        }
        let entry = Entry(key: key, owner: owner, since: since)
        let number: Number
        if let reused = free.popLast() {
            number = reused
            entries[Int(number)] = entry
        } else {
            number = Number(entries.count)
            if entries.count == entries.capacity { entries.reserveCapacity(entries.count + entries.count / 4 + 16) }
            entries.append(entry)
        }
        if (count + 1) * 5 > index.count * 4 { rebuildIndex() } else { insert(number) }
        return .first(number)
    }

    /// A connection that stood for a tab is gone. Without effect where another one has taken its place.
    /// - Parameter index: of the connection's socket.
    mutating func release(_ number: Number, tracker: UInt8, index: Int) {
        let place = Int(number)
        guard place < entries.count, entries[place].owner.tracker == tracker, entries[place].owner.socket.index == index else { return }
        removeFromIndex(number)
        entries[place].owner.tracker = .max
        free.append(number)
        if count == 0 { self = TabClaims() }
    }

    /// Which connection stands for a tab; nil where none does.
    func find(_ key: TabKey) -> (owner: Owner, number: Number)? {
        number(of: key).map { (entries[Int($0)].owner, $0) }
    }

    // MARK: The index

    private func slot(of key: TabKey) -> Int { Int(truncatingIfNeeded: key.low & UInt64(Int.max)) % index.count }

    private func next(_ slot: Int) -> Int { slot + 1 == index.count ? 0 : slot + 1 }

    private func number(of key: TabKey) -> Number? {
        guard !index.isEmpty else { return nil }
        var slot = slot(of: key)
        while index[slot] != Self.none {
            if entries[Int(index[slot])].key == key { return index[slot] }
            slot = next(slot)
        }
        return nil
    }

    private mutating func insert(_ number: Number) {
        var slot = slot(of: entries[Int(number)].key)
        while index[slot] != Self.none { slot = next(slot) }
        index[slot] = number
    }

    /// Moves back what stood behind it, so that no search ends too early.
    private mutating func removeFromIndex(_ number: Number) {
        var hole = slot(of: entries[Int(number)].key)
        while index[hole] != number { hole = next(hole) }
        var slot = next(hole)
        while index[slot] != Self.none {
            let home = self.slot(of: entries[Int(index[slot])].key)
            let distance = (slot - home + index.count) % index.count
            if distance >= (slot - hole + index.count) % index.count {
                index[hole] = index[slot]
                hole = slot
            }
            slot = next(slot)
        }
        index[hole] = Self.none
    }

    private mutating func rebuildIndex() {
        index = [Number](repeating: Self.none, count: count * 3 / 2 + 16)
        for number in entries.indices where !entries[number].isFree { insert(Number(number)) }
    }
}
