/// What is kept of the name that a tab gives itself (`t`): 128 bits of a keyed hash, which tell nothing of the name. The same on all nodes.
package struct TabKey: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        (self.high, self.low) = (high, low)
    }
}

/// That a tab which was connected before is here now: whoever has a former connection of it is to give way.
package struct TabClaim: Sendable, Equatable {
    package var key: TabKey
    /// How often it has connected before, as it says: of two connections the one with the higher number is the newer one.
    package var returns: Int

    package init(key: TabKey, returns: Int) {
        (self.key, self.returns) = (key, returns)
    }
}

/// What became of a claim's tab on the node that claimed it, before everybody has answered.
package enum ClaimedTab: Sendable, Equatable {
    /// It came.
    /// - Parameter isReplacing: whether it took the place of its former connection on this node, which was counted.
    case came(TabClaim, version: String, route: String, isReplacing: Bool = false)
    /// It shows another route.
    case moved(TabKey, to: String)
    /// Its connection is gone again.
    case gone(TabClaim)
}

/// The claims of another node, which waits for an answer.
package struct ClaimQuestion: Sendable, Equatable {
    package var asker: InstanceID
    package var number: UInt64
    /// Those that this node may have to give way to.
    package var claims: [TabClaim]
}

/// Says that a node has looked for the tabs that another one claims, and has told of all that it closed for them.
package struct ClaimAnswer: Sendable, Equatable {
    /// The mark of the node that asked.
    package var asker: UInt32
    /// The number of its question.
    package var number: UInt64
    /// The tabs that were there and have given way.
    package var yielded: [TabKey]

    package init(asker: UInt32, number: UInt64, yielded: [TabKey]) {
        (self.asker, self.number, self.yielded) = (asker, number, yielded)
    }
}
