/// What a roster stores per connection, in 32 bytes without a reference, so that copying many is plain memory copying.
struct Cell: Sendable {
    /// Where a cell stands in its roster.
    enum State {
        /// No connection is here; the next free cell, `noSlot` for the last.
        case free(next: UInt32)
        /// Open, and nothing is known of the list. Only while nothing is recorded.
        case unlinked
        /// In the list that subscribers know.
        case listed
        /// In that list, and to be told anew by the next take.
        case changed
        /// Open and not in the list: in a chain between these two, `noSlot` at its ends.
        case unlisted(previous: UInt32, next: UInt32)
    }

    /// The slot that no cell has.
    static let noSlot = UInt32.max
    /// All slots are below it: `previous` above says which state it is.
    static let slotLimit = Mark.lowest

    private enum Mark {
        static let listed = UInt32.max - 1
        static let changed = UInt32.max - 2
        static let free = UInt32.max - 3
        static let unlinked = UInt32.max - 4
        static let lowest = unlinked
    }

    let id: ConnectionID
    var version: UInt32
    var route: UInt32
    private var previous = Mark.unlinked
    private var next = Self.noSlot

    init(id: ConnectionID, version: UInt32, route: UInt32) {
        self.id = id
        self.version = version
        self.route = route
    }

    /// While nothing is recorded, a state of an earlier recording may still be here; only `free` means something then.
    var state: State {
        get {
            switch previous {
            case Mark.listed: .listed
            case Mark.changed: .changed
            case Mark.free: .free(next: next)
            case Mark.unlinked: .unlinked
            default: .unlisted(previous: previous, next: next)
            }
        }
        set {
            (previous, next) =
                switch newValue {
                case .listed: (Mark.listed, Self.noSlot)
                case .changed: (Mark.changed, Self.noSlot)
                case .free(let next): (Mark.free, next)
                case .unlinked: (Mark.unlinked, Self.noSlot)
                case .unlisted(let previous, let next): (previous, next)
                }
        }
    }

    var isFree: Bool { previous == Mark.free }

    /// Holds only while the roster records.
    var isListed: Bool { previous == Mark.listed || previous == Mark.changed }
}
