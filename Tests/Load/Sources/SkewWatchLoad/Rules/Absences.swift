/// Who is away, and when each comes back. A value, handed the times.
struct Absences<Who> {
    /// By when, the next one last.
    private var waiting: [(at: Int64, who: Who)] = []

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ who: Who, until at: Int64) {
        waiting.insert((at, who), at: waiting.firstIndex { $0.at <= at } ?? waiting.count)
    }

    /// Those whose time has come, the first to come back first.
    mutating func takeDue(at now: Int64, limit: Int) -> [Who] {
        var taken: [Who] = []
        while taken.count < limit, let next = waiting.last, next.at <= now {
            taken.append(next.who)
            waiting.removeLast()
        }
        return taken
    }
}
