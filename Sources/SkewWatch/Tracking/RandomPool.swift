internal import Glibc

/// Random numbers of the system's secure source, drawn for many connections at once: a system call for each would cost as much as
/// all else that is done to enter a connection. A number is wiped when it is handed out.
struct RandomPool: RandomNumberGenerator {
    /// As many as one `getentropy` gives (256 bytes).
    private static let size = 32

    private var numbers: [UInt64] = []

    mutating func next() -> UInt64 {
        if numbers.isEmpty { refill() }
        let number = numbers[numbers.count - 1]
        numbers[numbers.count - 1] = 0
        numbers.removeLast()
        return number
    }

    private mutating func refill() {
        numbers = Array(repeating: 0, count: Self.size)
        let isFilled = unsafe numbers.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress!, $0.count) == 0 }
        // Ids that can be guessed would be worse than no server.
        precondition(isFilled, "The system gives no random numbers.")
    }
}
