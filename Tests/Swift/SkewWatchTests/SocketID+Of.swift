@testable import WebSocketLoop

extension SocketID {
    /// The name of the socket that is the `generation`th at an index.
    static func of(_ index: Int, _ generation: UInt64) -> SocketID { SocketID(rawValue: generation << 24 | UInt64(index)) }
}
