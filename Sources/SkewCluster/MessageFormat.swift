/// How messages lie on the bus. Version 1 of the schema.
///
/// A part: `SW`, schema, kind, instance, the message's number, which part of how many, then its share of the body. The body is a row of tagged
/// fields; unknown ones are skipped, so that two adjacent releases always have a schema in common.
package enum MessageFormat {
    /// The schema this release writes.
    package static let schema: UInt8 = 1
    /// The schemas this release reads.
    package static let readable: ClosedRange<UInt8> = 1...1
    /// The longest part on the bus, in bytes.
    package static let maxPartBytes = 65_536
    /// The longest message, all parts together, in bytes.
    package static let maxMessageBytes = 2 << 20
    /// The longest name in bytes; what is longer was cut before it was counted.
    static let maxNameBytes = 256
    static let maxReleaseBytes = 4096
    static let maxLabelBytes = 128
    /// The longest content of an order.
    package static let maxOrderBytes = 32_768
    /// The longest remark on a change of an order.
    package static let maxRemarkBytes = 1024
    /// The longest note.
    package static let maxNoteBytes = 32_768

    static let magic: [UInt8] = Array("SW".utf8)
    /// Magic, schema, kind, instance, and three numbers of at most ten bytes.
    static let maxHeadBytes = 50

    enum Kind: UInt8 {
        case heartbeat = 1
        case delta, snapshot, leave, note, claims, answer
    }

    enum Tag {
        // Of a section.
        static let section: UInt64 = 1
        static let age: UInt64 = 2
        static let entries: UInt64 = 3
        static let transit: UInt64 = 4
        static let isSettled: UInt64 = 5
        // Of a heartbeat.
        static let label: UInt64 = 1
        static let software: UInt64 = 2
        static let basePath: UInt64 = 3
        static let state: UInt64 = 4
        static let uptime: UInt64 = 5
        static let wants: UInt64 = 6
        static let marks: UInt64 = 7
        static let isEmpty: UInt64 = 8
        static let hears: UInt64 = 9
        static let misses: UInt64 = 10
        static let asks: UInt64 = 11
        static let release: UInt64 = 12
        static let revocations: UInt64 = 13
        static let orders: UInt64 = 14
        static let progress: UInt64 = 15
        static let remarks: UInt64 = 16
        // Of a note.
        static let number: UInt64 = 1
        static let content: UInt64 = 2
        // Of claims and answers to them, besides their number.
        static let tabs: UInt64 = 2
        static let asker: UInt64 = 3
    }
}
