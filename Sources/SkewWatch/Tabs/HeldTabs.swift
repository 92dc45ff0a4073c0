internal import Presence
internal import SkewCluster

/// For which tabs the connections of a loop stand, by the index of their socket: each for its own, which takes four bytes and none where
/// nobody says which tab it is, and a stream for its companions besides. A value; the tracker carries out what it says.
struct HeldTabs: Sendable {
    /// What a connection is to a tab.
    enum Place: Equatable {
        /// It is the tab's own.
        case own
        /// It is a stream that others share; the tab's row is this one.
        case shared(Slot)
    }

    /// What a connection that is gone stood for.
    struct Gone {
        var number: TabClaims.Number?
        var companions: [(slot: Slot, number: TabClaims.Number?, key: TabKey)]
    }

    private var numbers: [TabClaims.Number] = []
    private var companions = CompanionTabs()
    private static let none = TabClaims.Number.max

    /// Its own tab's number; nil where the connection there stands for none.
    func number(at index: Int) -> TabClaims.Number? {
        index < numbers.count && numbers[index] != Self.none ? numbers[index] : nil
    }

    mutating func hold(_ number: TabClaims.Number, at index: Int) {
        while numbers.count <= index { numbers.append(Self.none) }
        numbers[index] = number
    }

    /// See ``CompanionTabs/replace(_:at:)``.
    mutating func replaceCompanions(_ tabs: [CompanionTabs.Tab], at index: Int) -> [CompanionTabs.Action] {
        companions.replace(tabs, at: index)
    }

    /// See ``CompanionTabs/opened(_:_:_:at:)``.
    mutating func openedCompanion(_ tab: CompanionTabs.Tab, _ slot: Slot, _ number: TabClaims.Number?, at index: Int) {
        companions.opened(tab, slot, number, at: index)
    }

    /// Another connection stands for a tab now. A stream that shared it does so no more; a connection of the tab's own is to be closed.
    /// - Returns: nil where the connection there stands for another tab by now.
    mutating func giveWay(_ number: TabClaims.Number, at index: Int) -> Place? {
        if self.number(at: index) == number { return .own }
        return companions.remove(number, at: index).map { .shared($0) }
    }

    /// The connection is gone.
    mutating func forget(_ index: Int) -> Gone {
        let number = number(at: index)
        if number != nil { numbers[index] = Self.none }
        return Gone(number: number, companions: companions.forget(index))
    }
}
