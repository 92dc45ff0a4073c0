import Logging
import TestSockets
import Testing
import WebSocketLoop

@testable import SkewCluster
@testable import SkewWatch

/// What other nodes say of announcements is done in the order in which they said it.
@Suite struct RolloutGateTests {
    @Test(.timeLimit(.minutes(1))) func `an announcement that is stopped right behind its begin is stopped`() async throws {
        let shared = SharedState(release: nil, addresses: AddressBudget(.init()))
        let fleet = Fleet(limits: StatisticsLimits(versions: 10, routes: 10, listedConnections: 10, tracksRoutes: false), pinned: { [] })
        let announcer = Announcer(shared: shared, fleet: fleet, logger: Logger(label: "test"))
        let board = RolloutBoard(shared: shared, fleet: fleet, tracksRoutes: false, tracksTags: false, announcer: announcer)
        for id in 1...100 {
            var announcement = Announcement(version: "v\(id)")
            announcement.setsRelease = false
            #expect(shared.gate.ask(.init(nobodyWaitsFor: .carryOut(AnnouncementOrder(announcement, by: nil), id: id))))
            #expect(shared.gate.ask(.init(nobodyWaitsFor: .follow(OrderControl(rate: nil, isStopped: true), of: id))))
        }
        let running = Task { await shared.gate.run(board) }
        #expect(try await Patience.sees { shared.announcements.all.count { $0.state == .stopped } == 100 })
        running.cancel()
        await running.value
        #expect(shared.announcements.all.map(\.id) == Array(1...100))
    }
}
