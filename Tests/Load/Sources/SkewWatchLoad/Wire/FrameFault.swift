/// What a server may not do in its frames (RFC 6455). Each has a number that `--json` shows and that never changes.
enum FrameFault: Int, Error, Equatable {
    case reservedBits = 1
    case unknownOpcode = 2
    case masked = 3
    case controlTooLong = 4
    case controlFragmented = 5
    case continuationOfNothing = 6
    case messageUnfinished = 7
    case tooLong = 8
    case invalidText = 9
    case invalidClose = 10
    case lengthNotMinimal = 11

    /// One sentence for a person.
    var sentence: String {
        switch self {
        case .reservedBits: "a frame has a reserved bit set, and no extension was agreed on"
        case .unknownOpcode: "a frame has an opcode that means nothing"
        case .masked: "the server masked a frame"
        case .controlTooLong: "a control frame is longer than 125 bytes"
        case .controlFragmented: "a control frame is fragmented"
        case .continuationOfNothing: "a continuation came without a message before it"
        case .messageUnfinished: "a new message began inside an unfinished one"
        case .tooLong: "a message is longer than this client takes"
        case .invalidText: "a text message is not UTF-8"
        case .invalidClose: "a close frame has an impossible code or length"
        case .lengthNotMinimal: "a frame's length is not written in the shortest form"
        }
    }
}
