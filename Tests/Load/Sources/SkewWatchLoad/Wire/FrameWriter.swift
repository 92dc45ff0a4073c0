/// Writes a client's frames: masked, unfragmented.
enum FrameWriter {
    /// What a client sends.
    enum Opcode: UInt8 {
        case text = 1
        case close = 8
        case pong = 10
    }

    /// Appends one whole frame to `output`. A `key` of zero leaves the payload as it is, which is allowed and saves the load generator work.
    static func append(_ opcode: Opcode, _ payload: some Collection<UInt8>, key: UInt32, to output: inout [UInt8]) {
        let count = payload.count
        output.append(0x80 | opcode.rawValue)
        if count < 126 {
            output.append(0x80 | UInt8(count))
        } else if count <= 0xFFFF {
            output.append(0x80 | 126)
            output.append(UInt8(count >> 8))
            output.append(UInt8(count & 0xFF))
        } else {
            output.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
        for shift in stride(from: 24, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: key >> shift)) }
        if key == 0 {
            output.append(contentsOf: payload)
            return
        }
        var place = 0
        for byte in payload {
            output.append(byte ^ UInt8(truncatingIfNeeded: key >> (24 - 8 * (place & 3))))
            place += 1
        }
    }

    /// A close frame's payload.
    static func closePayload(_ code: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
    }
}
