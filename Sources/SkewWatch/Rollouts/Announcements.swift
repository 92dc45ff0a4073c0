internal import Presence

/// A tab that is to be told. The same place may have another tab by the time its turn comes.
struct ToldTab: Sendable, Equatable {
    var index: Int
    var id: ConnectionID
}

/// The announcements that are on their way through the tabs of a loop, each with what is sent for it.
struct Announcements<Message> {
    private struct Running {
        var course: AnnouncementCourse
        var message: Message
        var tabs: [ToldTab]
        /// nil while the loop's next turn goes on with it.
        var waitsUntil: Duration?
    }

    private var running: [Int: Running] = [:]
    /// Those that are known and do not run yet: their pace is not known.
    private var prepared: [Int: (message: Message, tabs: [ToldTab])] = [:]

    /// Announcements that have not been told to everybody yet.
    var count: Int { running.count }

    /// Takes in for whom an announcement is, in the order they are told.
    mutating func prepare(_ number: Int, _ message: Message, for tabs: [ToldTab]) { prepared[number] = (message, tabs) }

    /// An announcement that was prepared begins, or one that runs goes on at another pace.
    /// - Returns: whether it is to be stepped now.
    mutating func begin(_ number: Int, rate: Double?, at now: Duration) -> Bool {
        if let (message, tabs) = prepared.removeValue(forKey: number) {
            running[number] = Running(
                course: AnnouncementCourse(count: tabs.count, rate: rate, start: now), message: message, tabs: tabs, waitsUntil: nil)
            return true
        }
        guard var current = running[number] else { return false }
        current.course.change(rate: rate, at: now)
        // One that waits is due at the next tick; one between two turns goes on by itself.
        if current.waitsUntil != nil { current.waitsUntil = now }
        running[number] = current
        return false
    }

    /// An announcement is over before its time.
    mutating func stop(_ number: Int) { (running[number], prepared[number]) = (nil, nil) }

    /// How many of its tabs were not looked at yet.
    func left(_ number: Int) -> Int { running[number]?.course.remaining.count ?? prepared[number]?.tabs.count ?? 0 }

    /// What is to be done about an announcement now.
    /// - Returns: what to send to how many of these tabs, in their order, and at which place the first one stands; nil where it waits, or
    ///   is over.
    mutating func step(_ number: Int, at now: Duration) -> (message: Message, tabs: ArraySlice<ToldTab>, count: Int)? {
        guard var current = running[number] else { return nil }
        defer { running[number] = current.course.isDone ? nil : current }
        switch current.course.step(at: now) {
        case .tell(let count):
            current.waitsUntil = nil
            return (current.message, current.tabs[current.course.remaining], count)
        case .wait(let time):
            current.waitsUntil = time
            return nil
        case .done: return nil
        }
    }

    /// Tabs were told; see ``AnnouncementCourse/didTell(_:upTo:)``.
    /// - Returns: whether there are more to tell in the loop's next turn.
    mutating func didTell(_ number: Int, _ count: Int, upTo index: Int) -> Bool {
        running[number]?.course.didTell(count, upTo: index)
        guard running[number]?.course.isDone != false else { return true }
        running[number] = nil
        return false
    }

    /// Whether it is neither prepared nor on its way.
    func isOver(_ number: Int) -> Bool { running[number] == nil && prepared[number] == nil }

    /// Those that have waited long enough, the oldest first.
    func due(at now: Duration) -> [Int] {
        guard !running.isEmpty else { return [] }
        return running.filter { $0.value.waitsUntil.map { $0 <= now } ?? false }.keys.sorted()
    }
}
