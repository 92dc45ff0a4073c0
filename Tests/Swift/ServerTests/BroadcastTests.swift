import SkewWatch
import TestRandom
import TestServer
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct BroadcastTests {
    @Test(arguments: [1, 2], Seeds.some(1)) func `after random churn deltas, snapshot and truth agree`(loops: Int, seed: UInt64)
        async throws
    {
        try await RunningServer.run(.testing { $0.loops = loops }) { server in
            var random = SeededGenerator(seed: seed)
            let (delta, deltaID, first) = try await server.watch("delta", "?v=watcher")
            let (snapshot, snapshotID, _) = try await server.watch("snapshot", "?v=watcher")
            var open: [(client: WebSocketClient, id: String, row: Message.Row)] = []
            for _ in 0..<150 {
                switch Int.random(in: 0..<5, using: &random) {
                case 0, 1:
                    guard open.count < 50 else { continue }
                    let row = Message.Row(version: "v\(Int.random(in: 0..<4, using: &random))", route: "/", ip: nil)
                    let (client, hello) = try await server.open("?v=\(row.version)")
                    open.append((client, hello.connectionID ?? "", row))
                case 2, 3:
                    guard let index = open.indices.randomElement(using: &random) else { continue }
                    open[index].row.route = "/r\(Int.random(in: 0..<6, using: &random))"
                    try await open[index].client.send(#"{"type":"route-update","route":"\#(open[index].row.route)"}"#)
                default:
                    guard let index = open.indices.randomElement(using: &random) else { continue }
                    let (client, _, _) = open.remove(at: index)
                    if Bool.random(using: &random) { try await client.sendClose(1000) } else { await client.hangUp() }
                }
            }
            // The last change of all has a name of its own, so that a watcher knows when it has seen everything.
            for (index, entry) in open.enumerated() {
                open[index].row.route = "/end"
                try await entry.client.send(#"{"type":"route-update","route":"/end"}"#)
            }
            var truth: [String: Message.Row] = [:]
            for entry in open { truth[entry.id] = entry.row }
            for id in [deltaID, snapshotID] { truth[id] = .init(version: "watcher", route: "/", ip: nil) }
            let expected = truth
            let last = try await snapshot.message { $0.rows == expected }
            var state = first
            while state.rows != truth {
                let message = try await delta.message()
                if message.type == "stats" {
                    state = message
                } else {
                    #expect(message.sequence == (state.sequence ?? 0) + 1, "a gap")
                    state.apply(message)
                }
            }
            let versions = Dictionary(grouping: truth.values, by: \.version).mapValues { Int?($0.count) }
            let routes = Dictionary(grouping: truth.values, by: \.route).mapValues { Int?($0.count) }
            for message in [last, state] {
                #expect(message.total == truth.count && message.versions == versions && message.routes == routes)
            }
        }
    }

    @Test func `a burst of changes is one message that has them all`() async throws {
        try await RunningServer.run(.testing { ($0.debounce, $0.maxWait) = (.milliseconds(300), .seconds(5)) }) { server in
            let (watcher, _, first) = try await server.watch("summary")
            let (client, _) = try await server.open()
            _ = try await watcher.message { $0.total == 2 }
            // In one piece: a test that stood still in between would make it two bursts.
            let updates = (0..<50).flatMap { WebSocketClient.frame(0x1, Array(#"{"type":"route-update","route":"/\#($0)"}"#.utf8)) }
            try await client.sendRaw(updates)
            let stats = try await watcher.message()
            #expect(stats.routes == ["/": 1, "/49": 1])
            #expect(!stats.hasRows && !first.hasRows, "a summary has no rows")
            #expect(await !watcher.hears(within: 500))
        }
    }

    @Test func `changes that never pause are told after the maximum wait`() async throws {
        try await RunningServer.run(.testing { ($0.debounce, $0.maxWait) = (.seconds(1), .seconds(1)) }) { server in
            let (watcher, _, _) = try await server.watch("summary")
            let (client, _) = try await server.open()
            var index = 0
            while index < 1000, await !watcher.hears(within: 10) {
                try await client.send(#"{"type":"route-update","route":"/\#(index)"}"#)
                index += 1
            }
            #expect(index < 1000)
        }
    }

    @Test func `a socket that closes leaves the counts, however it goes`() async throws {
        try await RunningServer.run { server in
            let (watcher, _, _) = try await server.watch("delta")
            for end in 0..<3 {
                let (client, hello) = try await server.open("?v=tab")
                _ = try await watcher.message { $0.versions["tab"] == 1 }
                switch end {
                case 0: try await client.sendClose(1000)
                case 1: await client.hangUp()
                default: await client.reset()
                }
                let gone = try await watcher.message()
                #expect(gone.total == 1 && gone.closed == [hello.connectionID ?? ""])
                #expect(gone.versions == ["tab": Int?.none])
            }
        }
    }
}
