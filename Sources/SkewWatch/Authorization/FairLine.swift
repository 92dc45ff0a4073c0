/// Who waits before something that can only do so much at once, served so that nobody's crowd keeps others waiting: a pure rule.
///
/// Each key, an address, has a line of its own, and the lines are served in turn. Renewals go before newcomers; of one key, whoever
/// asks for the first time goes before whoever asks again. A full line refuses, so that the asker comes back later.
struct FairLine<Key: Hashable & Sendable, Element: Sendable>: Sendable {
    /// How somebody comes.
    enum Rank: Sendable, CaseIterable {
        /// What was granted before is looked at again.
        case renewal
        case first
        case again
    }

    /// What becomes of somebody who comes.
    enum Outcome {
        case waits
        /// Waits, in the place of another one of its key, who has to come back later.
        case replaces(Element)
        /// There is no place: it has to come back later.
        case full
    }

    struct Limits: Sendable {
        /// Newcomers of one key that wait.
        var waitingPerKey = 8
        /// Newcomers that wait, and as many renewals.
        var waiting = 1024
        /// All that are being served.
        var served: Int
        /// Newcomers of one key that are being served.
        var servedPerKey: Int
        /// Of all that are being served, the places that are kept for renewals.
        var keptForRenewals: Int
    }

    private struct Line: Sendable {
        var first: [Element] = []
        var again: [Element] = []
        var served = 0

        var count: Int { first.count + again.count }
        var isOver: Bool { count == 0 && served == 0 }
    }

    private let limits: Limits
    private var lines: [Key?: Line] = [:]
    /// The keys of lines that somebody waits in, in the order they are served in.
    private var turn = Queue<Key?>()
    private var renewals = Queue<Element>()
    private var waitingNewcomers = 0
    private var servedNewcomers = 0
    private var servedRenewals = 0

    init(limits: Limits) { self.limits = limits }

    /// Everybody who waits.
    var waiting: Int { waitingNewcomers + renewals.count }

    /// Somebody comes.
    /// - Parameter key: nil where none is known; all of those share a line.
    mutating func add(_ element: Element, _ rank: Rank, key: Key?) -> Outcome {
        guard rank != .renewal else {
            guard renewals.count < limits.waiting else { return .full }
            renewals.append(element)
            return .waits
        }
        var line = lines[key] ?? Line()
        if line.count >= limits.waitingPerKey {
            guard rank == .first, let last = line.again.popLast() else { return .full }
            line.first.append(element)
            lines[key] = line
            return .replaces(last)
        }
        guard waitingNewcomers < limits.waiting else { return .full }
        if line.count == 0 { turn.append(key) }
        if rank == .first { line.first.append(element) } else { line.again.append(element) }
        lines[key] = line
        waitingNewcomers += 1
        return .waits
    }

    /// The next one to serve; nil when nobody waits that may be served now.
    mutating func next() -> (element: Element, rank: Rank, key: Key?)? {
        guard servedRenewals + servedNewcomers < limits.served else { return nil }
        if let renewal = renewals.popFirst() {
            servedRenewals += 1
            return (renewal, .renewal, nil)
        }
        guard servedNewcomers < limits.served - limits.keptForRenewals else { return nil }
        // Each line once at most: those whose key has enough being served stay.
        for _ in 0..<turn.count {
            guard let key = turn.popFirst(), var line = lines[key] else { break }
            guard line.served < limits.servedPerKey else {
                turn.append(key)
                continue
            }
            let rank: Rank = line.first.isEmpty ? .again : .first
            let element = line.first.isEmpty ? line.again.removeFirst() : line.first.removeFirst()
            line.served += 1
            waitingNewcomers -= 1
            servedNewcomers += 1
            lines[key] = line
            if line.count > 0 { turn.append(key) }
            return (element, rank, key)
        }
        return nil
    }

    /// Somebody whom ``next()`` gave has been served.
    mutating func finish(_ rank: Rank, key: Key?) {
        guard rank != .renewal else {
            servedRenewals -= 1
            return
        }
        servedNewcomers -= 1
        lines[key]?.served -= 1
        if lines[key]?.isOver == true { lines[key] = nil }
    }
}

/// First in, first out, both in constant time.
private struct Queue<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            elements[head] = nil
            head += 1
            if head == elements.count || head > 64 && head * 2 > elements.count {
                elements.removeFirst(head)
                head = 0
            }
        }
        return elements[head]
    }
}
