/// What one node says to the others. Every message is meant for all, and says from whom it is.
package struct ClusterMessage: Sendable, Equatable {
    package var sender: InstanceID
    package var body: Body

    package enum Body: Sendable, Equatable {
        /// Here I am; about every second, and at once when something in it changes.
        case heartbeat(Heartbeat)
        /// What changed. A tab that this node closed to move it elsewhere leaves the counts and enters the transit with one message.
        case delta(SectionDelta, transit: [TransitEntry])
        /// A section whole, for who missed some of it; that of ``Section/summary`` with all transit its sender knows. Who has just
        /// joined, or was cut off, is not settled and may not know all of it.
        case snapshot(SectionSnapshot, transit: [TransitEntry], isSettled: Bool)
        /// Goodbye: nobody is connected any more, and these are the tabs that are expected elsewhere.
        case leave(transit: [TransitEntry])
        /// Something for one node alone, opaque here. The number only grows, so that nobody can say it again.
        case note(number: UInt64, [UInt8])
        /// Tabs are here that were connected before. Asked again, a question keeps its number.
        case claims(number: UInt64, [TabClaim])
        /// For one node alone: what became of its question.
        case answer(ClaimAnswer)
    }

    package init(sender: InstanceID, body: Body) {
        (self.sender, self.body) = (sender, body)
    }
}

/// That an authorization was taken back: every node is to hear it, also one that was cut off or comes later.
package struct Revocation: Sendable, Equatable {
    /// Drawn at random; the same one is heard many times.
    package var id: UInt64
    /// What was taken back; opaque here, at most 128 bytes.
    package var target: String
    /// For how long it is told still.
    package var remaining: Duration

    package init(id: UInt64, target: String, remaining: Duration) {
        (self.id, self.target, self.remaining) = (id, target, remaining)
    }
}

/// What every node says of itself about once a second.
package struct Heartbeat: Sendable, Equatable {
    /// What a node is about.
    package enum State: UInt8, Sendable, CaseIterable {
        /// It does not know all others yet, and takes no tabs.
        case joining = 1
        case up
        /// It is on the way out and moves its tabs elsewhere.
        case draining
    }

    /// Which sections somebody on this node looks at.
    package struct Wants: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let routes = Wants(rawValue: 1)
        package static let rows = Wants(rawValue: 2)
        /// Rows with addresses.
        package static let addresses = Wants(rawValue: 4)
        /// Whatever is of rows.
        package static let lists: Wants = [.rows, .addresses]
    }

    /// A node that is not heard, as one that does hear others tells.
    package struct Silence: Sendable, Equatable {
        package var instance: InstanceID
        package var lasting: Duration

        package init(instance: InstanceID, lasting: Duration) {
            (self.instance, self.lasting) = (instance, lasting)
        }
    }

    /// A section of a node that the sender has lost track of.
    package struct Question: Sendable, Equatable, Hashable {
        package var instance: InstanceID
        package var section: Section

        package init(instance: InstanceID, section: Section) {
            (self.instance, self.section) = (instance, section)
        }
    }

    /// What people call the node.
    package var label: String
    /// The version of SkewWatch that it runs.
    package var software: String
    /// The base path of its app, so that two apps in one namespace are noticed.
    package var basePath: String
    package var state: State
    /// How long it has been running: the oldest has the longest history.
    package var uptime: Duration
    package var wants: Wants
    package var marks: [StreamMark]
    /// It has no tab and nothing that a snapshot could tell.
    package var isEmpty: Bool
    /// The marks of the instances it hears.
    package var hears: [UInt32]
    package var misses: [Silence]
    package var asks: [Question]
    /// The announced release: opaque here; at most 4 KiB.
    package var release: ControlRegister<[UInt8]>
    /// What was taken back lately.
    package var revocations: [Revocation] = []
    /// What all are to do, as long as somebody does not know it.
    package var orders: [Order] = []
    /// How far the sender is with the orders it knows.
    package var progress: [OrderProgress] = []

    package init(
        label: String, software: String, basePath: String, state: State, uptime: Duration, wants: Wants, marks: [StreamMark], isEmpty: Bool,
        hears: [UInt32], misses: [Silence], asks: [Question], release: ControlRegister<[UInt8]>
    ) {
        (self.label, self.software, self.basePath, self.state, self.uptime) = (label, software, basePath, state, uptime)
        (self.wants, self.marks, self.isEmpty, self.hears) = (wants, marks, isEmpty, hears)
        (self.misses, self.asks, self.release) = (misses, asks, release)
    }
}
