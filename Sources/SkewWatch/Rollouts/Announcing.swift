internal import SkewProtocol
internal import WebSocketLoop

/// What a loop tells its tabs of releases: the announcements on their way, and which version each tab has heard of. A value; the tracker
/// sends what it says.
struct Announcing {
    typealias Message = (payload: Payload, version: UInt32)

    private var announcements = Announcements<Message>()
    private var told = ToldTabs()

    /// A connection came, and heard of this version; nil for none.
    mutating func opened(_ index: Int, hearing version: String?) { told.opened(index, hearing: version) }

    /// Takes an announcement in, for those of the tabs that are to hear it. Nobody is told before its pace is known.
    /// - Returns: how many they are.
    mutating func prepare(_ id: Int, _ announcement: Announcement, for tabs: some Sequence<ToldTab>) -> Int {
        let version = told.number(of: announcement.version)
        let meant = tabs.filter { announcement.isAgain || !told.wasTold($0.index, version) }
        announcements.prepare(id, (Payload(announcement.message.encoded), version), for: meant)
        return meant.count
    }

    /// See ``Announcements/begin(_:rate:at:)``.
    mutating func begin(_ id: Int, rate: Double?, at now: Duration) -> Bool { announcements.begin(id, rate: rate, at: now) }

    /// An announcement is over before its time.
    mutating func stop(_ id: Int) { announcements.stop(id) }

    /// How many an announcement has still to tell here.
    func left(_ id: Int) -> Int { announcements.left(id) }

    /// Those that have waited long enough, the oldest first.
    func due(at now: Duration) -> [Int] { announcements.due(at: now) }

    enum Step {
        /// So many were told, and so many were gone before their turn; there may be more in the loop's next turn.
        case told(Int, gone: Int, isDone: Bool)
        /// It waits for its pace.
        case wait
        /// It was stopped, or everybody was told.
        case over
    }

    /// Tells those whose turn it is.
    /// - Parameter send: sends to a tab; false where it is gone.
    mutating func step(_ id: Int, at now: Duration, send: (Payload, ToldTab) -> Bool) -> Step {
        guard let (message, tabs, count) = announcements.step(id, at: now) else { return announcements.isOver(id) ? .over : .wait }
        var (place, sent, gone) = (tabs.startIndex, 0, 0)
        while place < tabs.endIndex, sent < count {
            let tab = tabs[place]
            if send(message.payload, tab) {
                told.told(tab.index, message.version)
                sent += 1
            } else {
                gone += 1
            }
            place += 1
        }
        return .told(sent, gone: gone, isDone: !announcements.didTell(id, sent, upTo: place))
    }
}
