import Presence
import TestRandom
import Testing

struct BroadcastScheduleTests {
    private func ms(_ count: Int) -> Duration { .milliseconds(count) }

    private func schedule(bytesPerSecond: Int? = nil) -> BroadcastSchedule {
        BroadcastSchedule(debounce: ms(100), maxWait: ms(1000), bytesPerSecond: bytesPerSecond)
    }

    @Test func `nothing changed, nothing to do`() {
        let schedule = schedule()
        #expect(schedule.next(at: ms(0)) == .rest)
        #expect(schedule.next(at: ms(1_000_000)) == .rest)
    }

    @Test func `the first change after quiet is told exactly one debounce later`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(5000), last: ms(5000))
        #expect(schedule.next(at: ms(5000)) == .wait(until: ms(5100)))
        #expect(schedule.next(at: ms(5100) - .nanoseconds(1)) == .wait(until: ms(5100)))
        #expect(schedule.next(at: ms(5100)) == .broadcast)
    }

    @Test func `a newer change pushes the broadcast back, up to the maximum wait`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(0), last: ms(0))
        schedule.noteChange(first: ms(80), last: ms(80))
        #expect(schedule.next(at: ms(100)) == .wait(until: ms(180)))
        schedule.noteChange(first: ms(90), last: ms(950))
        #expect(schedule.next(at: ms(960)) == .wait(until: ms(1000)))
        #expect(schedule.next(at: ms(1000)) == .broadcast)
    }

    @Test func `news may come in any order`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(500), last: ms(600))
        schedule.noteChange(first: ms(10), last: ms(20))
        #expect(schedule.next(at: ms(650)) == .wait(until: ms(700)))
        schedule.noteChange(first: ms(900), last: ms(990))
        #expect(schedule.next(at: ms(1000)) == .wait(until: ms(1010)))
    }

    @Test func `after a broadcast there is rest until the next change`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(0), last: ms(50))
        schedule.didBroadcast(at: ms(150), bytes: 1000)
        #expect(schedule.next(at: ms(151)) == .rest)
        schedule.noteChange(first: ms(160), last: ms(160))
        #expect(schedule.next(at: ms(160)) == .wait(until: ms(260)))
    }

    @Test func `a change that came after the told state stays due`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(0), last: ms(120))
        schedule.didBroadcast(at: ms(110), bytes: 0)
        #expect(schedule.next(at: ms(130)) == .wait(until: ms(220)))
    }

    @Test func `late news of a told change does not shorten the next window`() {
        var schedule = schedule()
        schedule.noteChange(first: ms(0), last: ms(900))
        schedule.didBroadcast(at: ms(1000), bytes: 0)
        schedule.noteChange(first: ms(10), last: ms(1010))
        #expect(schedule.next(at: ms(1015)) == .wait(until: ms(1110)))
    }

    @Test func `without a debounce a change is told at once, and once`() {
        var schedule = BroadcastSchedule(debounce: .zero, maxWait: ms(1000))
        schedule.noteChange(first: ms(7), last: ms(7))
        #expect(schedule.next(at: ms(7)) == .broadcast)
        schedule.didBroadcast(at: ms(7), bytes: 10)
        #expect(schedule.next(at: ms(7)) == .rest)
    }

    @Test func `a large broadcast holds the next one back until its bytes are paid for`() {
        var schedule = schedule(bytesPerSecond: 2_000_000)
        schedule.noteChange(first: ms(0), last: ms(0))
        schedule.didBroadcast(at: ms(100), bytes: 5_000_000)
        schedule.noteChange(first: ms(150), last: ms(150))
        #expect(schedule.next(at: ms(1200)) == .wait(until: ms(2600)))
        #expect(schedule.next(at: ms(2600)) == .broadcast)
        schedule.didBroadcast(at: ms(2600), bytes: 2)
        schedule.noteChange(first: ms(2700), last: ms(2700))
        #expect(schedule.next(at: ms(2700)) == .wait(until: ms(2800)))
    }

    @Test func `pacing counts bytes that no 64 bits of attoseconds hold`() {
        var schedule = schedule(bytesPerSecond: 3)
        schedule.noteChange(first: ms(0), last: ms(0))
        schedule.didBroadcast(at: ms(0), bytes: 3_000_000_000_000)
        schedule.noteChange(first: ms(1), last: ms(1))
        #expect(schedule.next(at: ms(2)) == .wait(until: .seconds(1_000_000_000_000)))
    }

    @Test(arguments: [nil, 1_000_000])
    func `a storm gets at most one broadcast per window, and its last state is told`(bytesPerSecond: Int?) {
        var random = SeededGenerator(seed: 38)
        var schedule = schedule(bytesPerSecond: bytesPerSecond)
        var now = ms(0)
        var lastChange = ms(0)
        var told: [Duration] = []
        func step() {
            guard schedule.next(at: now) == .broadcast else { return }
            schedule.didBroadcast(at: now, bytes: 300_000)
            told.append(now)
        }
        for _ in 0..<10_000 {
            now += .microseconds(Int.random(in: 1...1000, using: &random))
            lastChange = now
            schedule.noteChange(first: now, last: now)
            step()
        }
        while case .wait(let due) = schedule.next(at: now) {
            now = due
            step()
        }
        #expect(schedule.next(at: now) == .rest)
        let last = told.last ?? .zero
        #expect(last >= lastChange && last - lastChange <= ms(1000))
        for (earlier, later) in zip(told, told.dropFirst()) { #expect(later - earlier >= ms(100)) }
        #expect((5...7).contains(told.count), "About five seconds of changes without a pause: one each second, one at the end.")
    }

    @Test func `negative times and rates are misuse`() async {
        await #expect(processExitsWith: .failure) { _ = BroadcastSchedule(debounce: .seconds(-1), maxWait: .zero) }
        await #expect(processExitsWith: .failure) { _ = BroadcastSchedule(debounce: .zero, maxWait: .zero, bytesPerSecond: 0) }
    }
}
