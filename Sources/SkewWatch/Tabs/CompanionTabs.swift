internal import Presence
internal import SkewCluster
internal import SkewProtocol

/// The tabs that share another one's stream: with HTTP/1.1 a browser opens six connections to a host, so one of its tabs keeps a stream
/// and says for which others. Each is a row of its own. A value; what it decides is carried out by the tracker.
struct CompanionTabs: Sendable {
    /// A tab as its leader tells it, clean.
    struct Tab: Sendable, Equatable {
        var key: TabKey
        var version: String
        var route: String
    }

    enum Action: Equatable {
        case open(Tab)
        case move(Slot, to: String)
        /// With the number of its claim, where it has one.
        case close(Slot, TabClaims.Number?)
    }

    /// How many tabs one stream may stand for: a browser with more shows some of them as none.
    static let limit = 50

    private struct Row {
        var tab: Tab
        var slot: Slot
        var number: TabClaims.Number?
    }

    /// By the index of the stream's socket.
    private var rows: [Int: [Row]] = [:]

    /// A stream stands for these tabs, and for no others any more. Of several with a key the first counts.
    mutating func replace(_ tabs: [Tab], at index: Int) -> [Action] {
        var wanted: [TabKey: Tab] = [:]
        var order: [TabKey] = []
        for tab in tabs.prefix(Self.limit) where wanted[tab.key] == nil {
            wanted[tab.key] = tab
            order.append(tab.key)
        }
        var (kept, actions): ([Row], [Action]) = ([], [])
        for var row in rows[index] ?? [] {
            guard let tab = wanted[row.tab.key], tab.version == row.tab.version else {
                actions.append(.close(row.slot, row.number))
                continue
            }
            if tab.route != row.tab.route { actions.append(.move(row.slot, to: tab.route)) }
            row.tab = tab
            kept.append(row)
            wanted[tab.key] = nil
        }
        rows[index] = kept.isEmpty ? nil : kept
        return actions + order.compactMap { wanted[$0].map { .open($0) } }
    }

    /// A tab that was to be opened has its row.
    /// - Parameter number: of its claim; nil where it has none.
    mutating func opened(_ tab: Tab, _ slot: Slot, _ number: TabClaims.Number? = nil, at index: Int) {
        rows[index, default: []].append(Row(tab: tab, slot: slot, number: number))
    }

    /// Another connection stands for a tab.
    /// - Returns: the row that goes; nil where the stream does not stand for it.
    mutating func remove(_ number: TabClaims.Number, at index: Int) -> Slot? {
        guard let place = rows[index]?.firstIndex(where: { $0.number == number }) else { return nil }
        return rows[index]?.remove(at: place).slot
    }

    /// A stream is gone.
    /// - Returns: the rows that go with it, the numbers of their claims, and their tabs.
    mutating func forget(_ index: Int) -> [(slot: Slot, number: TabClaims.Number?, key: TabKey)] {
        rows.removeValue(forKey: index)?.map { ($0.slot, $0.number, $0.tab.key) } ?? []
    }
}
