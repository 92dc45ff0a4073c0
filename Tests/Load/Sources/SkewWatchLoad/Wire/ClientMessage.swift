/// The messages of the contract that a client sends.
enum ClientMessage {
    /// In which form a subscriber wants its statistics.
    enum Mode: String, CaseIterable {
        case snapshot, delta, summary
    }

    static func subscribe(_ mode: Mode) -> [UInt8] { Array(#"{"type":"subscribe-stats","mode":"\#(mode.rawValue)"}"#.utf8) }

    /// `route` must need no escape in JSON: the routes here are made by the load generator or checked by its options.
    static func move(to route: String) -> [UInt8] { Array(#"{"type":"route-update","route":"\#(route)"}"#.utf8) }
}
