/// The headers that have a meaning here, found by the hash of a name in lower case.
struct HeaderNames: Sendable {
    static let shared = HeaderNames()

    /// Open addressing, a power of two, at most half full; a hash of 0 is a free slot.
    private var slots = [(hash: UInt64, header: RequestHead.Header)](repeating: (0, .accept), count: 64)

    private init() {
        for header in RequestHead.Header.allCases {
            let hash = header.name.withUTF8Buffer { name in unsafe name.reduce(Self.start) { Self.add($1, to: $0) } }
            var slot = Int(truncatingIfNeeded: hash) & 63
            while slots[slot].hash != 0 { slot = (slot + 1) & 63 }
            slots[slot] = (hash, header)
        }
    }

    /// The header of this name; nil for one without a meaning.
    /// - Parameters:
    ///   - hash: made with ``start`` and ``add(_:to:)`` from the name in lower case.
    ///   - name: where the name lies. It is compared, since anybody can find another name of the same hash.
    func header(_ hash: UInt64, _ name: Range<Int>, in bytes: borrowing Span<UInt8>) -> RequestHead.Header? {
        var slot = Int(truncatingIfNeeded: hash) & 63
        while slots[slot].hash != 0 {
            if slots[slot].hash == hash { return bytes.extracting(name).spells(slots[slot].header.name) ? slots[slot].header : nil }
            slot = (slot + 1) & 63
        }
        return nil
    }

    /// FNV-1a.
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    static func add(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
}

extension Span<UInt8> {
    /// Whether a token is this name, whatever its case: of the characters of a token only capital letters change by the bit that is set.
    /// - Parameter name: letters in lower case, digits and hyphens.
    fileprivate func spells(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        let letters = unsafe name.utf8Start
        for index in 0..<count where unsafe self[index] | 0x20 != letters[index] { return false }
        return true
    }
}
