/// Takes the body of a `text/event-stream` as it comes, chunked or not, and gives the data of each event. A value: no socket.
struct EventStreamParser {
    /// Where in the chunked coding the next byte stands.
    private enum Coding {
        case none
        case size(Int)
        case sizeEnd(Int)
        case data(Int)
        case dataEnd
    }

    private var coding: Coding
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false

    init(isChunked: Bool) {
        coding = isChunked ? .size(0) : .none
    }

    /// The next event's data that `bytes` completes from `position` on; `nil`: all is read.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> [UInt8]? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let content = decode(byte), let event = take(content) { return event }
        }
        return nil
    }

    private mutating func decode(_ byte: UInt8) -> UInt8? {
        switch coding {
        case .none: return byte
        case .size(let size):
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): coding = .size(size << 4 | Int(byte - UInt8(ascii: "0")))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): coding = .size(size << 4 | Int(byte - UInt8(ascii: "a") + 10))
            case UInt8(ascii: "A")...UInt8(ascii: "F"): coding = .size(size << 4 | Int(byte - UInt8(ascii: "A") + 10))
            default: coding = byte == 10 ? .data(size) : .sizeEnd(size)
            }
        case .sizeEnd(let size): if byte == 10 { coding = .data(size) }
        case .data(let left):
            coding = left <= 1 ? .dataEnd : .data(left - 1)
            return left == 0 ? nil : byte
        case .dataEnd: if byte == 10 { coding = .size(0) }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> [UInt8]? {
        guard byte == 10 else {
            if byte != 13 { line.append(byte) }
            return nil
        }
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            guard hasData else { return nil }
            defer {
                data = []
                hasData = false
            }
            return data
        }
        let field = Array("data:".utf8)
        guard line.starts(with: field) else { return nil }
        if hasData { data.append(10) }
        hasData = true
        let value = line.dropFirst(field.count)
        data += value.first == UInt8(ascii: " ") ? value.dropFirst() : value
        return nil
    }
}
