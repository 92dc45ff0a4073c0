/// The announcements that are on their way through the tabs of a loop, each with what is sent for it.
struct Announcements<Message> {
    private struct Running {
        var course: AnnouncementCourse
        var message: Message
        /// nil while the loop's next turn goes on with it.
        var waitsUntil: Duration?
    }

    private var running: [Int: Running] = [:]
    private var lastNumber = 0

    /// Announcements that have not been told to everybody yet.
    var count: Int { running.count }

    /// An announcement begins.
    /// - Returns: its number on this loop.
    mutating func begin(_ course: AnnouncementCourse, _ message: Message) -> Int {
        lastNumber += 1
        running[lastNumber] = Running(course: course, message: message)
        return lastNumber
    }

    /// What is to be done about an announcement now.
    /// - Returns: what to send to how many of the tabs at these indices, in their order; nil where it waits, or is over.
    mutating func step(_ number: Int, at now: Duration) -> (message: Message, indices: Range<Int>, count: Int)? {
        guard var current = running[number] else { return nil }
        defer { running[number] = current.course.isDone ? nil : current }
        switch current.course.step(at: now) {
        case .tell(let count):
            current.waitsUntil = nil
            return (current.message, current.course.remaining, count)
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

    /// Those that have waited long enough, the oldest first.
    func due(at now: Duration) -> [Int] {
        guard !running.isEmpty else { return [] }
        return running.filter { $0.value.waitsUntil.map { $0 <= now } ?? false }.keys.sorted()
    }
}
