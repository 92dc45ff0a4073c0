import Presence
import SkewCluster
import SkewProtocol
import Testing

@testable import SkewWatch

/// For whom an announcement is, and what becomes of it.
struct AnnouncementTests {
    private func id(_ low: UInt64) -> ConnectionID { ConnectionID(randomHigh: 1, randomLow: low) }

    private func read(_ text: String) throws -> Result<Announcement, Announcement.Fault> {
        let bytes = Array(text.utf8)
        let value = JSONValue(bytes.span)
        return Announcement.read(try #require(value))
    }

    @Test func `a body is read with all its fields`() throws {
        let body = #"{"version":"b","rate":0,"only":["a*"],"routes":["/x/*"],"percent":10,"urgent":true,"set":false,"again":true}"#
        let wanted = Announcement(
            version: "b", rate: nil, only: ["a*"], routes: ["/x/*"], percent: 10, isUrgent: true, setsRelease: false, isAgain: true)
        #expect(try read(body) == .success(wanted))
        #expect(try read(#"{"version":"b"}"#) == .success(Announcement(version: "b", rate: 500)))
    }

    @Test(
        arguments: [
            (#"{}"#, .version), (#"{"version":"b","rate":-1}"#, .rate), (#"{"version":"b","rate":1.5}"#, .rate),
            (#"{"version":"b","only":[]}"#, .only), (#"{"version":"b","only":"a"}"#, .only), (#"{"version":"b","only":[""]}"#, .only),
            (#"{"version":"b","routes":["x"]}"#, .routes), (#"{"version":"b","percent":0}"#, .percent),
            (#"{"version":"b","percent":101}"#, .percent), (#"{"version":"b","urgent":1}"#, .flag),
        ] as [(String, Announcement.Fault)])
    func `what is no announcement is refused by its field`(body: String, fault: Announcement.Fault) throws {
        #expect(try read(body) == .failure(fault))
    }

    @Test func `only some tabs are meant, and never those on the version`() {
        let target = AnnouncementTarget(Announcement(version: "new", only: ["build-4*", "x"], routes: ["/checkout/*", "/cart"]))
        let table: [(String, String, Bool)] = [
            ("build-41", "/checkout/pay", true), ("build-41", "/cart", true), ("x", "/cart", true), ("build-41", "/", false),
            ("build-3", "/cart", false), ("new", "/cart", false), ("build-41", "/cart/more", false),
        ]
        for (version, route, isMeant) in table { #expect(target.includes(id(1), version: version, route: route) == isMeant) }
    }

    @Test func `a share holds every smaller one`() {
        let targets = [10, 50, 100].map { AnnouncementTarget(Announcement(version: "new", percent: $0)) }
        var (random, counts) = (SystemRandomNumberGenerator(), [0, 0, 0])
        for _ in 0..<10_000 {
            let id = ConnectionID(randomHigh: random.next(), randomLow: random.next())
            let isMeant = targets.map { $0.includes(id, version: "old", route: "/") }
            #expect(isMeant[0] ? isMeant[1] : true)
            #expect(isMeant[2])
            for index in 0..<3 where isMeant[index] { counts[index] += 1 }
        }
        #expect(abs(counts[0] - 1000) < 200 && abs(counts[1] - 5000) < 300)
    }

    @Test func `who was told is remembered until somebody else sits there`() {
        var told = ToldTabs()
        told.opened(3, hearing: "a")
        let (a, b) = (told.number(of: "a"), told.number(of: "b"))
        #expect(told.wasTold(3, a) && !told.wasTold(3, b) && !told.wasTold(2, a) && !told.wasTold(99, a))
        told.told(3, b)
        #expect(told.wasTold(3, b))
        told.opened(3, hearing: nil)
        #expect(!told.wasTold(3, b))
    }

    @Test func `many versions are forgotten, and none is taken for another`() {
        var told = ToldTabs()
        told.opened(0, hearing: "v0")
        for number in 1...3000 { _ = told.number(of: "v\(number)") }
        #expect(!told.wasTold(0, told.number(of: "v3000")))
    }

    @Test func `a newer release takes the place of one that is still told`() {
        let board = AnnouncementBoard()
        let (first, second, third) = (board.takeNumber(node: nil), board.takeNumber(node: nil), board.takeNumber(node: nil))
        #expect((first, second, third) == (1, 2, 3))
        #expect(board.begin(Announcement(version: "a"), id: first, loops: 2, at: .zero).isEmpty)
        board.setMatching(100, of: first)
        board.note(told: 30, gone: 5, of: first)
        let aside = Announcement(version: "x", only: ["y"], setsRelease: false)
        #expect(board.begin(aside, id: second, loops: 2, at: .zero).isEmpty)
        #expect(board.begin(Announcement(version: "b"), id: third, loops: 2, at: .zero) == [first])
        let states = board.all(at: .zero).map { [$0.id: $0.state] }
        #expect(states == [[first: .replaced], [second: .running], [third: .running]])
        #expect(board.loopIsDone(third, at: .zero) == nil)
        #expect(board.loopIsDone(third, at: .zero)?.state == .done)
        let stopped = board.stop(second, at: .zero)
        #expect(stopped?.entry.state == .stopped && stopped?.ran == true && board.stop(99, at: .zero) == nil)
        #expect(board.stop(second, at: .zero)?.ran == false && board.stop(third, at: .zero)?.ran == false)
        #expect(board.entry(third)?.state == .done)
        #expect(board.all(at: .seconds(90_000)).isEmpty)
    }

    private func said(_ board: AnnouncementBoard) -> String? {
        (board.entry(50_001)?.whole).map { "\($0.matching) \($0.told) \($0.left) \($0.state)" }
    }

    @Test func `an announcement runs for as long as a node tells, and counts what all have told`() {
        let board = AnnouncementBoard()
        let id = board.takeNumber(node: 70_007)
        #expect(id == 10_007 && board.takeNumber(node: 70_007) == 20_007)
        #expect(board.begin(Announcement(version: "a", rate: 100), id: 50_001, loops: 1, at: .zero).isEmpty)
        #expect(board.takeNumber(node: 70_007) == 60_007, "after those of other nodes")
        #expect(board.progress.isEmpty, "nobody knows yet for how many it is")
        board.setMatching(10, of: 50_001)
        board.note(told: 4, gone: 1, of: 50_001)
        #expect(board.progress == [.init(number: 50_001, matching: 10, told: 4, gone: 1, isDone: false)])
        let others = OrderState(matching: 30, told: 3, gone: 0, left: 27, unheard: 0, isRunning: true, share: 0.25)
        #expect(board.note([50_001: others]).repaced == [50_001])
        #expect(board.note([50_001: others]).repaced.isEmpty, "the pace is the same")
        #expect(said(board) == "40 7 32 running")
        board.note(told: 5, gone: 0, of: 50_001)
        _ = board.loopIsDone(50_001, at: .zero)
        #expect(said(board) == "40 12 27 running")
        let end = OrderState(matching: 30, told: 29, gone: 1, isRunning: false, share: 1)
        let last = board.note([50_001: end])
        #expect(last.repaced.isEmpty && last.told.map(\.whole.told) == [38])
        #expect(board.note([50_001: end]).told.isEmpty)
        #expect(said(board) == "40 38 0 done")
    }

    @Test func `one that is done here and runs on another node can be stopped, once, and have another pace`() {
        let board = AnnouncementBoard()
        _ = board.begin(Announcement(version: "a", rate: 100), id: 50_001, loops: 1, at: .zero)
        board.setMatching(0, of: 50_001)
        _ = board.loopIsDone(50_001, at: .zero)
        _ = board.note([50_001: OrderState(matching: 30, told: 3, gone: 0, left: 27, unheard: 0, isRunning: true, share: 1)])
        #expect(board.setRate(5, of: 50_001)?.rate == 100 && board.setRate(5, of: 50_001)?.rate == 5)
        #expect(board.stop(50_001, at: .zero)?.ran == true && board.stop(50_001, at: .zero)?.ran == false)
        #expect(said(board) == "30 3 0 stopped")
    }

    @Test func `one that another node stopped is stopped here, also where that was said to be at its end with the same words`() {
        for (told, isCut) in [(3, true), (28, false)] {
            let board = AnnouncementBoard()
            _ = board.begin(Announcement(version: "a", rate: 100), id: 50_001, loops: 1, at: .zero)
            board.setMatching(0, of: 50_001)
            _ = board.loopIsDone(50_001, at: .zero)
            _ = board.note([50_001: OrderState(matching: 30, told: told, gone: 2, left: 0, unheard: 0, isRunning: false, share: 1)])
            #expect(board.entry(50_001)?.isCutElsewhere == isCut)
            #expect(board.stop(50_001, at: .zero, ranElsewhere: isCut)?.ran == isCut)
            #expect(said(board) == "30 \(told) 0 \(isCut ? "stopped" : "done")")
            #expect(board.stop(50_001, at: .zero, ranElsewhere: true)?.ran != isCut, "once")
        }
    }

    @Test func `an announcement that is told to another node is the same there`() throws {
        let all = Announcement(
            version: "a+1", rate: nil, only: ["x*"], routes: ["/a/*"], percent: 10, isUrgent: true, setsRelease: false, isAgain: true)
        for order in [AnnouncementOrder(all, by: "ci \"x\""), AnnouncementOrder(Announcement(version: "b"), by: nil)] {
            #expect(AnnouncementOrder(order.encoded) == order)
        }
        #expect(AnnouncementOrder(all, by: nil).release.isEmpty && AnnouncementOrder(Announcement(version: "b"), by: nil).release == [98])
        #expect(AnnouncementOrder([1, 2]) == nil && AnnouncementOrder(Array(#"{"rate":1}"#.utf8)) == nil)
    }
}
