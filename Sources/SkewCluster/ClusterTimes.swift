/// Times of the protocol. One page of the documentation explains each; none depends on another node's clock.
package enum ClusterTimes {
    package static let heartbeat = Duration.seconds(1)
    /// Silent for so long: its numbers are kept, but nobody vouches for them.
    package static let suspect = Duration.milliseconds(2500)
    /// Silent for so long: its numbers are no longer counted.
    package static let gone = Duration.seconds(6)
    /// How long a lost node is remembered, and every view says that it is missing.
    package static let lostKept = Duration.seconds(60)
    /// My heartbeat did not come back for so long: my view is in doubt.
    package static let echo = Duration.milliseconds(2500)
    /// … and for so long: the link is dialled anew.
    package static let deadLink = Duration.seconds(3)
    /// After a new link, or a stall of my own, nothing is sure for so long.
    package static let settling = Duration.milliseconds(2500)
    /// A node takes tabs when it has settled, but waits no longer than this for a bus that is away.
    package static let joining = Duration.seconds(30)
    /// A stall of mine longer than this is no silence of theirs.
    package static let stall = Duration.milliseconds(500)
    /// I hear somebody who does not hear me for so long: my view is in doubt.
    package static let unheard = Duration.milliseconds(3200)
    /// Who was asked for a section is asked again after so long. It is longer than an answer takes: a node answers a tenth of a second after the
    /// first question, and half a second after its last answer.
    package static let answer = Duration.milliseconds(600)
    /// Unsynced for so long: the view says so.
    package static let unsynced = Duration.seconds(1)
    /// Who said goodbye, or was forgotten, is not believed again for so long.
    package static let refused = Duration.seconds(600)
}
