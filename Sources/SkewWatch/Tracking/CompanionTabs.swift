internal import Presence
internal import SkewProtocol

/// The tabs that share another one's stream: with HTTP/1.1 a browser opens six connections to a host, so one of its tabs keeps a stream
/// and says for which others. Each is a row of its own. A value; what it decides is carried out by the tracker.
struct CompanionTabs: Sendable {
    /// A tab as its leader tells it. Clean, but for the name, which is never shown.
    struct Tab: Sendable, Equatable {
        var name: String
        var version: String
        var route: String
    }

    enum Action: Equatable {
        case open(Tab)
        case move(Slot, to: String)
        case close(Slot)
    }

    /// How many tabs one stream may stand for: a browser with more shows some of them as none.
    static let limit = 50

    private struct Row {
        var tab: Tab
        var slot: Slot
    }

    /// By the index of the stream's socket.
    private var rows: [Int: [Row]] = [:]

    /// A stream stands for these tabs, and for no others any more. Of several with a name the first counts.
    mutating func replace(_ tabs: [Tab], at index: Int) -> [Action] {
        var wanted: [String: Tab] = [:]
        var order: [String] = []
        for tab in tabs.prefix(Self.limit) where wanted[tab.name] == nil {
            wanted[tab.name] = tab
            order.append(tab.name)
        }
        var (kept, actions): ([Row], [Action]) = ([], [])
        for var row in rows[index] ?? [] {
            guard let tab = wanted[row.tab.name], tab.version == row.tab.version else {
                actions.append(.close(row.slot))
                continue
            }
            if tab.route != row.tab.route { actions.append(.move(row.slot, to: tab.route)) }
            row.tab = tab
            kept.append(row)
            wanted[tab.name] = nil
        }
        rows[index] = kept.isEmpty ? nil : kept
        return actions + order.compactMap { wanted[$0].map { .open($0) } }
    }

    /// A tab that was to be opened has its row.
    mutating func opened(_ tab: Tab, _ slot: Slot, at index: Int) { rows[index, default: []].append(Row(tab: tab, slot: slot)) }

    /// A stream is gone.
    /// - Returns: the rows that go with it.
    mutating func forget(_ index: Int) -> [Slot] { rows.removeValue(forKey: index)?.map(\.slot) ?? [] }
}
