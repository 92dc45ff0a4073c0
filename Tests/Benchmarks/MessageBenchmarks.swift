import Presence
import SkewProtocol

/// What clients send, understood; and what each of them is sent, written.
enum MessageBenchmarks {
    static func run(_ suite: inout Suite) {
        let messages = [
            ("ping", #"{"type":"ping"}"#),
            ("route of 15 bytes", #"{"type":"route-update","route":"/products/10042"}"#),
            ("route of 24 bytes", #"{"type":"route-update","route":"/products/100042/reviews"}"#),
            ("subscription", #"{"type":"subscribe-stats","mode":"delta","token":"0123456789abcdef0123456789abcdef"}"#),
        ]
        for (name, message) in messages {
            let bytes = Array(message.utf8)
            suite.measure("ClientMessage.parse: \(name)") {
                var understood = 0
                for _ in 0..<1000 {
                    if case .ignored = ClientMessage.parse(bytes.span) { continue }
                    understood += 1
                }
                return understood
            }
        }
        let hello = ServerMessage.connected(
            version: "2026.11.23-f3d2", id: Fixtures.id(1), secret: nil, timestampMilliseconds: 1_795_000_000_000)
        suite.measure("connected: encode") {
            var length = 0
            for _ in 0..<1000 { length += hello.encoded.count }
            return length
        }
        suite.measure("yourId at the end of a list: encode") {
            var length = 0
            var tail: [UInt8] = []
            tail.reserveCapacity(StatisticsEncoder.tailLength)
            for number in 0..<1000 {
                tail.removeAll(keepingCapacity: true)
                StatisticsEncoder.appendTail(yourID: Fixtures.id(number), to: &tail)
                length += tail.count
            }
            return length
        }
    }
}
