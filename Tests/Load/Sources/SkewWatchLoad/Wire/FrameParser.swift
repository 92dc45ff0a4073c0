/// Takes the bytes of a server as they come, in any portions, and tells what they say. A value: no socket, no clock.
struct FrameParser {
    /// What the bytes said.
    enum Event: Equatable {
        /// A whole text message, fragments put together. Without its bytes where the parser was told not to keep them.
        case text([UInt8])
        /// A whole binary message: the contract has none, so only its size is told.
        case binary(Int)
        case ping([UInt8])
        case pong
        /// The peer closes; `nil` where it gave no code.
        case close(Int?)
        case fault(FrameFault)
    }

    /// Longest message that is put together, in bytes: a list of 20,000 rows with long routes has less.
    static let longestMessage = 64 << 20

    /// Whether the bytes of text messages are kept. Without them a message costs no allocation and is not checked for UTF-8.
    var keepsText: Bool

    private enum Step {
        case first, second, length, payload
    }
    private var step = Step.first
    private var isFinal = false
    private var opcode: UInt8 = 0
    private var left = 0
    private var lengthBytes = 0
    private var lengthLeft = 0
    /// The opcode of the data message under way, 0 if there is none.
    private var messageOpcode: UInt8 = 0
    private var messageSize = 0
    private var message: [UInt8] = []
    private var control: [UInt8] = []

    init(keepsText: Bool) {
        self.keepsText = keepsText
    }

    /// The next thing that `bytes` says from `position` on; moves `position` past what was read. `nil`: all is read, more is needed.
    /// After a fault the parser must not be asked again.
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> Event? {
        while position < bytes.count {
            switch step {
            case .first:
                if let fault = takeFirst(bytes[position]) { return .fault(fault) }
                position += 1
            case .second:
                if let fault = takeSecond(bytes[position]) { return .fault(fault) }
                position += 1
                if step == .payload, left == 0, let event = endFrame() { return event }
            case .length:
                left = left << 8 | Int(bytes[position])
                position += 1
                lengthLeft -= 1
                guard lengthLeft == 0 else { continue }
                if let fault = checkLength() { return .fault(fault) }
                step = .payload
            case .payload:
                let count = min(left, bytes.count - position)
                take(bytes.extracting(position..<position + count))
                position += count
                left -= count
                if left == 0, let event = endFrame() { return event }
            }
        }
        return nil
    }

    private mutating func takeFirst(_ byte: UInt8) -> FrameFault? {
        guard byte & 0x70 == 0 else { return .reservedBits }
        isFinal = byte & 0x80 != 0
        opcode = byte & 0x0F
        switch opcode {
        case 0: if messageOpcode == 0 { return .continuationOfNothing }
        case 1, 2:
            if messageOpcode != 0 { return .messageUnfinished }
            messageOpcode = opcode
        case 8, 9, 10: if !isFinal { return .controlFragmented }
        default: return .unknownOpcode
        }
        step = .second
        return nil
    }

    private mutating func takeSecond(_ byte: UInt8) -> FrameFault? {
        guard byte & 0x80 == 0 else { return .masked }
        let short = Int(byte & 0x7F)
        if opcode >= 8, short > 125 { return .controlTooLong }
        left = short < 126 ? short : 0
        lengthBytes = short < 126 ? 0 : short == 126 ? 2 : 8
        lengthLeft = lengthBytes
        step = lengthBytes == 0 ? .payload : .length
        return nil
    }

    private func checkLength() -> FrameFault? {
        if left < 0 || left + messageSize > Self.longestMessage { return .tooLong }
        if left < (lengthBytes == 2 ? 126 : 65536) { return .lengthNotMinimal }
        return nil
    }

    private mutating func take(_ part: Span<UInt8>) {
        if opcode >= 8 {
            unsafe part.withUnsafeBufferPointer { unsafe control.append(contentsOf: $0) }
            return
        }
        messageSize += part.count
        if keepsText, messageOpcode == 1 {
            unsafe part.withUnsafeBufferPointer { unsafe message.append(contentsOf: $0) }
        }
    }

    private mutating func endFrame() -> Event? {
        step = .first
        if opcode >= 8 { return endControl() }
        guard isFinal else { return nil }
        defer {
            messageOpcode = 0
            messageSize = 0
            message = []
        }
        if messageOpcode == 2 { return .binary(messageSize) }
        if keepsText, String(validating: message, as: UTF8.self) == nil { return .fault(.invalidText) }
        return .text(message)
    }

    private mutating func endControl() -> Event {
        defer { control = [] }
        switch opcode {
        case 9: return .ping(control)
        case 10: return .pong
        default:
            if control.isEmpty { return .close(nil) }
            guard control.count >= 2 else { return .fault(.invalidClose) }
            let code = Int(control[0]) << 8 | Int(control[1])
            guard Self.isAllowed(closeCode: code), String(validating: control.dropFirst(2), as: UTF8.self) != nil else {
                return .fault(.invalidClose)
            }
            return .close(code)
        }
    }

    /// Codes that may stand in a close frame.
    static func isAllowed(closeCode code: Int) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
