/// How a state of a rollout is said: a word, a mark, a sentence, and what stands behind it.
package struct RolloutSentence: Sendable, Equatable {
    package enum Tone: String, Sendable { case info, warn, bad, good, none }

    package let word: String
    package let mark: String
    package let tone: Tone
    package let lead: String
    package let rest: [String]

    /// Says what is known.
    /// - Parameters:
    ///   - number: writes a count.
    ///   - clock: writes a time of day (milliseconds since 1970), with seconds or not.
    ///   - name: writes a version, which comes from outside.
    package init(
        _ facts: RolloutFacts, number: (Int) -> String, clock: (Int64, _ withSeconds: Bool) -> String, name: (String) -> String = { $0 }
    ) {
        (word, mark, tone) = Self.head(facts.state)
        let said = Self.sentences(facts, number: number, clock: clock, name: name).compactMap(\.self)
        (lead, rest) = (said[0], Array(said.dropFirst()))
    }

    /// The state in a word.
    package static func word(_ state: RolloutState) -> String { head(state).0 }

    private static func head(_ state: RolloutState) -> (String, String, Tone) {
        switch state {
        case .notAnnounced: ("Not announced", "◇", .info)
        case .rollingOut: ("Rolling out", "▶", .info)
        case .slowing: ("Slowing", "◗", .info)
        case .stalled: ("Stalled", "▲", .warn)
        case .growing: ("Growing", "▲", .warn)
        case .rollingBack: ("Rolling back", "◀", .warn)
        case .dropped: ("Dropped", "✕", .bad)
        case .nobody: ("Nobody", "✕", .bad)
        case .done: ("Done", "●", .good)
        case .noRelease: ("No release", "○", .none)
        case .nobodyHere: ("Nobody here", "○", .none)
        case .stale: ("Stale", "◌", .none)
        }
    }

    private static func sentences(
        _ facts: RolloutFacts, number: (Int) -> String, clock: (Int64, Bool) -> String, name: (String) -> String
    ) -> [String?] {
        let old = facts.old
        let tabs = "\(number(old)) old \(old == 1 ? "tab" : "tabs")"
        let release = facts.release.map(name) ?? ""
        let half = facts.half.map { within($0, now: facts.now, clock: clock) }
        let milestone = [99, 90].compactMap { percent in
            facts.milestones[percent].map { "\(percent) % were gone after \(span($0))." }
        }.first
        switch facts.state {
        case .stale: return ["The server cannot be reached."]
        case .nobodyHere:
            return ["No tab is open.", facts.release.map { "The release is \(name($0))." }, "Tabs appear here as they open."]
        case .noRelease: return ["The server has not been told a release.", "Once it is announced, this says how many tabs are old."]
        case .dropped:
            let drop = facts.drop ?? .init(at: facts.now, from: 0, lost: 0)
            return [
                "\(number(drop.lost)) of \(number(drop.from)) tabs vanished at \(clock(drop.at, true)).",
                "\(number(facts.total)) are open. That many at once is the network or a proxy, not people.",
            ]
        case .nobody:
            return [
                "No tab runs \(release).", facts.announced.map { "It was announced \(span(facts.now - $0)) ago." },
                facts.nearest.map { "Mistyped? Nearest: \(name($0))." },
            ]
        case .notAnnounced:
            return [
                "\(facts.rising.map { name($0.version) } ?? "") is replacing \(release), but is not announced.",
                facts.rising.map { "\(number($0.gained)) \($0.gained == 1 ? "tab" : "tabs") in \(span($0.span))." },
            ]
        case .done:
            return [
                "No old tab is open\(facts.since.map { ", since \(clock($0, false))" } ?? "").",
                facts.took.map { "It took \(span($0))." }, milestone,
                facts.newer > 0 ? "\(number(facts.newer)) tabs run a version that is not announced." : nil,
            ]
        case .rollingBack:
            let verb = old == 1 ? "tab is" : "tabs are"
            return [
                "Back to \(release): \(number(old)) \(verb) still on \(facts.former.map(name) ?? "").",
                half.map { "Half of them are gone \($0)." }, milestone,
            ]
        case .growing:
            return ["The old build gains tabs: \(number(facts.gained ?? 0)) in 2 min.", "Does a cache or a node still serve it?"]
        case .stalled:
            let quiet = span(facts.quiet / minute * minute)
            return [old == 1 ? "1 old tab is left, for \(quiet)." : "\(tabs) are left and none has closed for \(quiet).", milestone]
        case .slowing:
            return ["\(tabs), and they close ever more slowly.", half.map { "Half of them are gone \($0)." }, milestone]
        case .rollingOut:
            return [
                half.map { "\(tabs), half of them gone \($0)." } ?? "\(tabs) \(old == 1 ? "is" : "are") left.",
                half == nil && old >= 4 ? "Too few have closed to say when half of them are gone." : nil,
                facts.half.map { "At this pace half close every \(span(Int64($0.about)))." }, milestone,
            ]
        }
    }

    // MARK: Spans

    private static let (second, minute, hour, day): (Int64, Int64, Int64, Int64) = (1000, 60_000, 3_600_000, 86_400_000)

    /// A length of time in one or two units: 40 s, 3 min 40 s, 28 min, 4 h 12 min, 3 d 2 h.
    package static func span(_ milliseconds: Int64) -> String {
        let (large, small, name, more): (Int64, Int64, String, String) =
            switch milliseconds {
            case ..<minute: (second, 0, "s", "")
            case ..<(10 * minute): (minute, second, "min", "s")
            case ..<(2 * hour): (minute, 0, "min", "")
            case ..<(2 * day): (hour, minute, "h", "min")
            default: (day, hour, "d", "h")
            }
        let rest = small > 0 ? milliseconds % large / small : 0
        return "\(milliseconds / large) \(name)" + (rest > 0 ? " \(rest) \(more)" : "")
    }

    /// When half will be gone: in 2 to 5 min (20:18 to 20:21).
    private static func within(_ half: RolloutFacts.Half, now: Int64, clock: (Int64, Bool) -> String) -> String {
        let (unit, name, times): (Int64, String, Int64) =
            switch half.high {
            case ..<Double(2 * minute): (10 * second, "s", 10)
            case ..<Double(2 * hour): (minute, "min", 1)
            case ..<Double(2 * day): (hour, "h", 1)
            default: (day, "d", 1)
            }
        let from = Int64((half.low / Double(unit)).rounded(.down)) * times
        let to = Int64((half.high / Double(unit)).rounded(.up)) * times
        let text = from > 0 ? "in \(from) to \(to) \(name)" : "within \(to) \(name)"
        if name == "s" || half.high > Double(day) { return text }
        let grain: Int64 = half.high < Double(hour / 2) ? minute : half.high < Double(4 * hour) ? 5 * minute : 15 * minute
        let first = Int64(((Double(now) + half.low) / Double(grain)).rounded(.down)) * grain
        let last = Int64(((Double(now) + half.high) / Double(grain)).rounded(.up)) * grain
        return "\(text) (\(clock(first, false)) to \(clock(last, false)))"
    }
}
