/// Something that every node is to do with its own tabs, such as telling them of a release.
package struct Order: Sendable, Equatable {
    /// Names it in the whole cluster.
    package var number: UInt64
    /// What is to be done; opaque here, at most ``MessageFormat/maxOrderBytes``.
    package var content: [UInt8]
    /// The release that it sets for the cluster, as the release register says it; empty where it sets none.
    package var release: [UInt8]
    /// What may change while it runs. The later word counts, whoever says it.
    package var control: ControlRegister<OrderControl>
    /// For how long it is told still.
    package var remaining: Duration

    package init(number: UInt64, content: [UInt8], release: [UInt8], control: ControlRegister<OrderControl>, remaining: Duration) {
        (self.number, self.content, self.release, self.control, self.remaining) = (number, content, release, control, remaining)
    }
}

/// What can be changed of an order while nodes carry it out.
package struct OrderControl: Sendable, Equatable {
    /// Tabs in a second over all nodes; nil for as many as they can.
    package var rate: Int?
    package var isStopped = false
    /// What is said of the change that made it so, such as by whom; opaque here, at most ``MessageFormat/maxRemarkBytes``. Empty for nothing,
    /// and from a node of a release that says none.
    package var remark: [UInt8] = []

    package init(rate: Int?, isStopped: Bool = false, remark: [UInt8] = []) {
        (self.rate, self.isStopped, self.remark) = (rate, isStopped, remark)
    }
}

/// How far one node is with an order.
package struct OrderProgress: Sendable, Equatable {
    package var number: UInt64
    /// How many tabs it was for on this node when it began here.
    package var matching: Int
    package var told: Int
    /// Tabs that went before they were told.
    package var gone: Int
    /// It is over on this node, for whatever reason.
    package var isDone: Bool
    /// The count of the ``Order/control`` that the node goes by, and the mark of who set it.
    package var controlCount: UInt64 = 0
    package var controlMark: UInt32 = 0

    package init(
        number: UInt64, matching: Int, told: Int, gone: Int, isDone: Bool, controlCount: UInt64 = 0, controlMark: UInt32 = 0
    ) {
        (self.number, self.matching, self.told, self.gone, self.isDone) = (number, matching, told, gone, isDone)
        (self.controlCount, self.controlMark) = (controlCount, controlMark)
    }

    /// Whether the node knows this word about its order, or a later one. Of two that were said at one moment it must be the very same.
    func knows(_ control: ControlRegister<OrderControl>) -> Bool {
        controlCount > control.count || controlCount == control.count && controlMark == control.instance.mark
    }

    /// Tabs that are still to be told.
    package var left: Int { isDone ? 0 : max(0, matching - told - gone) }
}

/// How far all other nodes are with an order.
package struct OrderState: Sendable, Equatable {
    package var matching = 0
    package var told = 0
    package var gone = 0
    /// Tabs that nodes which are up have still to tell.
    package var left = 0
    /// Nodes that are counted and have not said yet how many it is for.
    package var unheard = 0
    /// Whether some other node is still at work, or has not said yet whether it is.
    package var isRunning = false
    /// The part of the pace that is this node's, 0 to 1.
    package var share = 1.0

    package init(
        matching: Int = 0, told: Int = 0, gone: Int = 0, left: Int = 0, unheard: Int = 0, isRunning: Bool = false, share: Double = 1
    ) {
        (self.matching, self.told, self.gone, self.left) = (matching, told, gone, left)
        (self.unheard, self.isRunning, self.share) = (unheard, isRunning, share)
    }
}
