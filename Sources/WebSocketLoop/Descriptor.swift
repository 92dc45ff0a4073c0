internal import Glibc

/// An open file descriptor with one owner: it is closed when the owner lets go of it.
struct Descriptor: ~Copyable {
    /// Valid as long as this value is. Lent to the calls that want a number, never closed by them.
    let number: Int32

    /// - Parameter number: what a call of the system returned: negative for a failure.
    /// - Returns: nil for a failure; `errno` is as the call left it.
    init?(takingOwnership number: Int32) {
        guard number >= 0 else { return nil }
        self.number = number
    }

    deinit { close(number) }

    /// Gives the descriptor to somebody who closes it from now on.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
