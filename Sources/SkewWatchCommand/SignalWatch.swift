internal import Glibc
internal import Synchronization

/// Hands signals to a thread of its own, where anything may be called, unlike in a signal handler.
///
/// The handler writes the signal's number into a pipe. A mask and `sigwait` would not do: the threads of the Swift runtime take
/// signals too, whatever mask the main thread has.
enum SignalWatch {
    /// The writing end of the pipe, for the handler; -1 before the start.
    fileprivate static let pipeInput = Atomic<Int32>(-1)

    /// What the thread is given.
    private final class Actions: Sendable {
        let onEnd: @Sendable (_ name: String) -> Void
        let onHurry: @Sendable () -> Bool
        let onHangUp: @Sendable () -> Void
        let onResize: (@Sendable () -> Void)?
        let pipeOutput: Int32

        init(
            pipeOutput: Int32, onEnd: @escaping @Sendable (String) -> Void, onHurry: @escaping @Sendable () -> Bool,
            onHangUp: @escaping @Sendable () -> Void, onResize: (@Sendable () -> Void)?
        ) {
            self.pipeOutput = pipeOutput
            self.onResize = onResize
            self.onEnd = onEnd
            self.onHurry = onHurry
            self.onHangUp = onHangUp
        }
    }

    /// Calls `onEnd` at the first SIGTERM or SIGINT, and `onHurry` at the second: where that says false, and at the third, the process ends
    /// with 128 + its number. `onHangUp` at every SIGHUP; `onResize` at every SIGWINCH.
    static func start(
        onEnd: @escaping @Sendable (_ name: String) -> Void, onHurry: @escaping @Sendable () -> Bool = { false },
        onHangUp: @escaping @Sendable () -> Void, onResize: (@Sendable () -> Void)? = nil
    ) {
        var ends: (output: Int32, input: Int32) = (-1, -1)
        let isOpen = unsafe withUnsafeMutableBytes(of: &ends) { unsafe pipe($0.bindMemory(to: Int32.self).baseAddress!) == 0 }
        precondition(isOpen, "The pipe for signals cannot be opened.")
        pipeInput.store(ends.input, ordering: .relaxed)
        // Never released: the thread lives as long as the process.
        let actions = unsafe Unmanaged.passRetained(
            Actions(pipeOutput: ends.output, onEnd: onEnd, onHurry: onHurry, onHangUp: onHangUp, onResize: onResize)
        ).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { preconditionFailure("The signal thread was started without its actions.") }
                SignalWatch.wait(with: unsafe Unmanaged<Actions>.fromOpaque(pointer).takeUnretainedValue())
            }, actions)
        precondition(status == 0, "The thread that waits for signals cannot be started.")
        pthread_detach(thread)
        for number in [SIGTERM, SIGINT, SIGHUP] + (onResize == nil ? [] : [SIGWINCH]) { _ = signal(number, passSignalOn) }
    }

    /// Lets this thread, the first, take them. Whoever started the process may have had them blocked, and a process inherits that:
    /// it could not be ended in order then.
    static func unblock() {
        var signals = sigset_t()
        _ = unsafe sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP, SIGWINCH] { _ = unsafe sigaddset(&signals, number) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private static func wait(with actions: Actions) -> Never {
        var ends = 0
        while true {
            var number: UInt8 = 0
            guard unsafe read(actions.pipeOutput, &number, 1) == 1 else { continue }
            if Int32(number) == SIGHUP {
                actions.onHangUp()
            } else if Int32(number) == SIGWINCH {
                actions.onResize?()
            } else if ends > 0 {
                ends += 1
                if ends > 2 || !actions.onHurry() { _exit(128 + Int32(number)) }
            } else {
                ends = 1
                actions.onEnd(Int32(number) == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }
}

/// Only what POSIX allows in a handler: one `write`.
@c private func passSignalOn(_ number: Int32) {
    var byte = UInt8(truncatingIfNeeded: number)
    _ = unsafe write(SignalWatch.pipeInput.load(ordering: .relaxed), &byte, 1)
}
