/// Lets one task of an actor at a time do what takes several awaits; the others wait in the order they came.
///
/// For the state of one actor: it is not safe on its own.
struct Turns {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Whether nobody is at work; if so, the turn is the caller's.
    mutating func take() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    /// Puts a task into the line. It goes on when the turn is its own.
    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) { waiting.append(continuation) }

    /// Gives the turn to the next in line.
    mutating func giveBack() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
