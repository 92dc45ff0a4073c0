/// The name of one connection on one loop, from the moment it was accepted until it is gone.
///
/// A socket id is never given to a second connection: it joins the index in the socket table with the number of times that index
/// was taken. An id kept for too long therefore finds nothing, never somebody else. Ids of different loops are not related.
package struct SocketID: Hashable, Sendable {
    /// Index in the low 24 bits (16.7 million sockets per loop), generation in the high 40.
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(index: Int, generation: UInt64) {
        precondition(index < 1 << 24, "a loop holds at most 16,777,216 sockets")
        rawValue = generation << 24 | UInt64(index)
    }

    /// A small number that is unique among the sockets that are open on this loop now: the index for arrays kept beside the loop.
    package var index: Int { Int(rawValue & 0xFF_FFFF) }

    var generation: UInt64 { rawValue >> 24 }
}
