/// The connections of a loop that are not answered yet, from accept on, and which address has how many of them.
///
/// About 100 bytes for each. Everything is O(1): the connections of an address are a list in order of arrival, and addresses with
/// the same number of them are a list, too.
struct PendingConnections {
    /// Where a pending connection stands.
    typealias Slot = UInt32

    /// How far a pending connection is.
    enum Stage: UInt8 {
        /// Its head has not come whole.
        case waiting
        /// It is being served: here, or by libwebsockets.
        case served
        /// It was refused; what it still sends is dropped until it hangs up, else the answer would be lost by a reset.
        case leaving
    }

    struct Entry {
        let socket: SocketID
        /// Valid until ``Stage/served``.
        private(set) var descriptor: Int32
        var stage = Stage.waiting
        /// Whether the epoll descriptor watches it.
        var isWatched = false
        /// Whether a proxy is to say first for whom it speaks.
        var awaitsProxyHeader = false
        /// Bytes that lay there at the last look, and at the last walk over them.
        var seen: UInt32 = 0
        var walked: UInt32 = 0
        fileprivate var group: UInt32
        fileprivate var next = none
        fileprivate var previous = none

        /// From now on another descriptor is looked at.
        mutating func stand(in descriptor: Int32) {
            self.descriptor = descriptor
            (isWatched, seen, walked) = (false, 0, 0)
        }
    }

    /// The pending connections of one address.
    private struct Group {
        var address: AddressKey
        var count = 0
        var oldest = none
        var newest = none
        /// Its neighbours among the groups of this size.
        var next = none
        var previous = none
    }

    static let none = UInt32.max

    private var entries: [Entry?] = []
    private var freeEntries: [UInt32] = []
    private var groups: [Group] = []
    private var freeGroups: [UInt32] = []
    private var groupOfAddress: [AddressKey: UInt32] = [:]
    /// By size: the first group of that size.
    private var groupsOfSize: [UInt32] = [none]
    private var largest = 0

    private(set) var count = 0

    subscript(slot: Slot) -> Entry {
        _read { yield entries[Int(slot)]! }
        _modify { yield &entries[Int(slot)]! }
    }

    /// All that are there.
    var slots: [Slot] { entries.indices.filter { entries[$0] != nil }.map { UInt32($0) } }

    /// The oldest connection of the address that has most; nil where no address has more than one.
    var oldestOfTheMany: Slot? {
        largest > 1 ? groups[Int(groupsOfSize[largest])].oldest : nil
    }

    mutating func add(_ socket: SocketID, _ descriptor: Int32, of address: AddressKey) -> Slot {
        let group = takeGroup(of: address)
        var entry = Entry(socket: socket, descriptor: descriptor, group: group)
        entry.previous = groups[Int(group)].newest
        let slot: Slot
        if let reused = freeEntries.popLast() {
            slot = reused
            entries[Int(slot)] = entry
        } else {
            slot = UInt32(entries.count)
            entries.append(entry)
        }
        if entry.previous == Self.none { groups[Int(group)].oldest = slot } else { self[entry.previous].next = slot }
        groups[Int(group)].newest = slot
        resize(group, by: 1)
        count += 1
        return slot
    }

    mutating func remove(_ slot: Slot) {
        let entry = self[slot]
        let group = entry.group
        if entry.previous == Self.none { groups[Int(group)].oldest = entry.next } else { self[entry.previous].next = entry.next }
        if entry.next == Self.none { groups[Int(group)].newest = entry.previous } else { self[entry.next].previous = entry.previous }
        entries[Int(slot)] = nil
        freeEntries.append(slot)
        count -= 1
        resize(group, by: -1)
        if groups[Int(group)].count == 0 {
            groupOfAddress[groups[Int(group)].address] = nil
            freeGroups.append(group)
        }
    }

    // MARK: Groups

    private mutating func takeGroup(of address: AddressKey) -> UInt32 {
        if let group = groupOfAddress[address] { return group }
        let group: UInt32
        if let reused = freeGroups.popLast() {
            group = reused
            groups[Int(group)] = Group(address: address)
        } else {
            group = UInt32(groups.count)
            groups.append(Group(address: address))
        }
        groupOfAddress[address] = group
        return group
    }

    /// Moves a group from the list of its size to that of the next one.
    private mutating func resize(_ group: UInt32, by change: Int) {
        let size = groups[Int(group)].count
        if size > 0 {
            let (before, after) = (groups[Int(group)].previous, groups[Int(group)].next)
            if before == Self.none { groupsOfSize[size] = after } else { groups[Int(before)].next = after }
            if after != Self.none { groups[Int(after)].previous = before }
        }
        let newSize = size + change
        groups[Int(group)].count = newSize
        if newSize > 0 {
            if newSize == groupsOfSize.count { groupsOfSize.append(Self.none) }
            let first = groupsOfSize[newSize]
            groups[Int(group)].next = first
            groups[Int(group)].previous = Self.none
            if first != Self.none { groups[Int(first)].previous = group }
            groupsOfSize[newSize] = group
        }
        if newSize > largest { largest = newSize }
        while largest > 0, groupsOfSize[largest] == Self.none { largest -= 1 }
    }
}
