/// What a key on the page does.
enum WatchKey: Equatable {
    case quit
    /// Routes of old tabs, or of all.
    case old
    case help

    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "q"), UInt8(ascii: "Q"): self = .quit
        case UInt8(ascii: "o"), UInt8(ascii: "O"): self = .old
        case UInt8(ascii: "?"), UInt8(ascii: "h"): self = .help
        default: return nil
        }
    }

    /// What stands at the foot of the page when help is asked for.
    static let list = ["o: routes of old tabs, or of all", "q: end", "?: these keys"]
}
