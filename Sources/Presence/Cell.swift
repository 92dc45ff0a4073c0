/// What a roster stores per connection, in 32 bytes without a reference, so that copying many is plain memory copying.
struct Cell: Sendable {
    static let none = UInt32.max
    static let listed = UInt32.max - 1
    static let changed = UInt32.max - 2
    static let free = UInt32.max - 3
    static let unlinked = UInt32.max - 4
    /// Everything below is a slot number.
    static let lowestMark = unlinked

    let id: ConnectionID
    var version: UInt32
    var route: UInt32
    /// The unlisted row before this one, `none` for the first; or a mark that says why the cell is in no chain.
    var previous = Self.unlinked
    /// The unlisted row after this one; in a free cell the next free cell.
    var next = Self.none

    init(id: ConnectionID, version: UInt32, route: UInt32) {
        self.id = id
        self.version = version
        self.route = route
    }

    var isFree: Bool { previous == Self.free }

    /// Holds only while the roster records: marks of an earlier recording are left as they are.
    var isListed: Bool { previous == Self.listed || previous == Self.changed }
}
