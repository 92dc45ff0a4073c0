import Presence
import TestRandom
import Testing

struct RolloutEventsTests {
    /// A rule that is looked at once a second, as the server does, with tabs as a test says.
    private struct Run {
        var events: RolloutEvents
        var (versions, release, announcedAt): ([String: Int], String?, Int64?) = ([:], nil, nil)
        var (partial, returning): ([String], Int) = ([], 0)
        /// Seconds since the start.
        var second = 0

        init(memory: RolloutEvents.Memory? = nil, previews: [String] = []) {
            events = RolloutEvents(memory: memory, previews: previews)
        }

        /// What was told in so many seconds, each with its second.
        mutating func run(_ seconds: Int) -> [String] {
            var told: [String] = []
            for _ in 0..<seconds {
                let view = RolloutView(
                    total: versions.values.reduce(0, +), versions: versions, release: release, partial: partial, returning: returning,
                    age: .seconds(second))
                told += events.look(view, announcedAt: announcedAt, at: .seconds(100 + second)).map { "\(second): \($0)" }
                second += 1
            }
            return told
        }
    }

    @Test func `a rollout is told from its announcement to its end, each thing once`() {
        var run = Run()
        (run.versions, run.release) = (["a": 3], "a")
        #expect(run.run(100) == [])
        (run.release, run.announcedAt) = ("b", 5)
        #expect(run.run(10) == ["100: announced"])
        run.versions = ["a": 2, "b": 1]
        #expect(run.run(100) == [#"120: appeared("b")"#])
        run.versions = ["b": 3]
        #expect(run.run(500) == [#"270: drained("a")"#, "270: done"])
        run.versions = ["b": 3, "a": 1]
        #expect(run.run(100) == [#"720: appeared("a")"#])
        run.versions = ["b": 3]
        // It is over; who comes back with an old tab does not open it again.
        #expect(run.run(100) == [#"870: drained("a")"#])
        run.announcedAt = 6
        #expect(run.run(10) == ["910: announced"])
        run.announcedAt = 4
        #expect(run.run(10) == [], "Another node knew better since when it is out.")
    }

    @Test func `what is there in the first minute is no news where nobody knows what was before`() {
        var run = Run()
        run.versions = ["a": 1, "b": 2]
        #expect(run.run(59) == [])
        run.versions = ["a": 1, "b": 2, "c": 1]
        #expect(run.run(200) == [])
        run.versions = ["d": 1]
        #expect(run.run(61) == [#"269: appeared("d")"#, #"319: drained("a")"#, #"319: drained("b")"#, #"319: drained("c")"#])
    }

    @Test func `after a restart nothing is told twice, and what was missed is told`() {
        var before = Run()
        (before.versions, before.release, before.announcedAt) = (["a": 1, "b": 2], "b", 5)
        _ = before.run(100)
        var after = Run(memory: before.events.memory)
        (after.versions, after.release, after.announcedAt) = (["b": 3, "c": 1], "b", 5)
        // A minute in which tabs may come back, and one in which it has to hold.
        #expect(after.run(200) == [#"10: appeared("c")"#, #"120: drained("a")"#])
        after.versions = ["b": 3]
        #expect(after.run(61) == [#"260: drained("c")"#, "260: done"])
        var later = Run(memory: before.events.memory)
        (later.versions, later.release, later.announcedAt) = (["a": 1, "b": 2], "c", 6)
        #expect(later.run(1) == ["0: announced"])
    }

    @Test func `a doubt breaks what has to hold`() {
        var run = Run()
        (run.versions, run.release) = (["a": 1, "b": 1], "b")
        _ = run.run(70)
        run.versions = ["b": 1]
        #expect(run.run(60) == [])
        run.partial = ["link"]
        #expect(run.run(200) == [])
        (run.partial, run.returning) = ([], 1)
        #expect(run.run(200) == [])
        (run.returning, run.versions) = (0, ["b": 1, "(other)": 1])
        #expect(run.run(200) == [])
        run.versions = ["b": 1]
        #expect(run.run(61) == [#"790: drained("a")"#, "790: done"])
    }

    @Test func `a rollout stalls when none of the old tabs has gone for an hour, and that is told once`() {
        var run = Run()
        (run.versions, run.release) = (["a": 5, "b": 1], "b")
        #expect(run.run(3600) == [])
        #expect(run.run(5000) == ["3600: stalled"])
        run.versions = ["a": 4, "b": 1]
        #expect(run.run(3600) == [])
        #expect(run.run(10) == ["12200: stalled"])
        // More of them are no less of them.
        run.versions = ["a": 9, "b": 1]
        #expect(run.run(5000) == [])
    }

    @Test func `that it stalls is not told again after a restart, unless somebody has left since`() {
        var before = Run()
        (before.versions, before.release) = (["a": 5, "b": 1], "b")
        #expect(before.run(3700) == ["3600: stalled"])
        var after = Run(memory: before.events.memory)
        after.release = "b"
        // They come back one after the other.
        for tabs in 1...5 {
            after.versions = ["a": tabs, "b": 1]
            #expect(after.run(2) == [])
        }
        #expect(after.run(8000) == [])
        after.versions = ["a": 4, "b": 1]
        #expect(after.run(3610) == ["11610: stalled"])
    }

    @Test func `while numbers are missing a rollout does not stall`() {
        var run = Run()
        (run.versions, run.release, run.partial) = (["a": 5, "b": 1], "b", ["silent"])
        #expect(run.run(8000) == [])
    }

    @Test func `previews are neither old nor in the way of the end`() {
        var run = Run(previews: ["preview-*"])
        (run.versions, run.release) = (["a": 1, "b": 1, "preview-7": 2], "b")
        _ = run.run(70)
        run.versions = ["b": 1, "preview-7": 2]
        #expect(run.run(61) == [#"130: drained("a")"#, "130: done"])
    }

    @Test func `a version must stay for a moment, and no name is none`() {
        var run = Run()
        _ = run.run(70)
        run.versions = ["flash": 1, "unknown": 4, "(other)": 2]
        #expect(run.run(10) == [])
        run.versions = [:]
        #expect(run.run(200) == [])
    }

    @Test func `whoever claims versions without end is told of sixty times an hour`() {
        var run = Run()
        _ = run.run(70)
        var told = 0
        for number in 0..<300 {
            run.versions = ["v\(number)": 1]
            told += run.run(11).count
        }
        #expect(told == RolloutEvents.mostVersions)
    }

    @Test(arguments: Seeds.some(3)) func `whatever happens, a version is told to come and to go in turns`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var run = Run()
        _ = run.run(61)
        var open: Set<String> = []
        for _ in 0..<400 {
            run.versions = [:]
            for name in ["a", "b", "c"] where Bool.random(using: &random) { run.versions[name] = 1 }
            run.partial = Int.random(in: 0..<8, using: &random) == 0 ? ["link"] : []
            for line in run.run(Int.random(in: 1..<150, using: &random)) {
                let event = line.split(separator: " ", maxSplits: 1)[1]
                for name in ["a", "b", "c"] {
                    if event == "appeared(\"\(name)\")" { #expect(open.insert(name).inserted) }
                    if event == "drained(\"\(name)\")" { #expect(open.remove(name) != nil) }
                }
            }
            #expect(open == run.events.memory.open)
        }
    }
}
