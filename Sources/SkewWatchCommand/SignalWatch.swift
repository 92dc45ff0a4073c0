internal import Glibc

/// Waits for signals on a thread of its own, where anything may be called, unlike in a signal handler.
enum SignalWatch {
    /// What the thread is given.
    private final class Actions: Sendable {
        let onEnd: @Sendable (_ name: String) -> Void
        let onHangUp: @Sendable () -> Void

        init(onEnd: @escaping @Sendable (String) -> Void, onHangUp: @escaping @Sendable () -> Void) {
            self.onEnd = onEnd
            self.onHangUp = onHangUp
        }
    }

    private static var signals: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        return set
    }

    /// Keeps the signals from every thread. Call on the main thread before any other exists; until `start` they wait.
    static func blockSignals() {
        var set = signals
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `onEnd` at the first SIGTERM or SIGINT, and ends the process with 128 + its number at the second; `onHangUp` at every SIGHUP.
    static func start(onEnd: @escaping @Sendable (_ name: String) -> Void, onHangUp: @escaping @Sendable () -> Void) {
        // Never released: the thread lives as long as the process.
        let actions = unsafe Unmanaged.passRetained(Actions(onEnd: onEnd, onHangUp: onHangUp)).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer = unsafe pointer else { preconditionFailure("The signal thread was started without its actions.") }
                SignalWatch.wait(with: unsafe Unmanaged<Actions>.fromOpaque(pointer).takeUnretainedValue())
            }, actions)
        precondition(status == 0, "The thread that waits for signals cannot be started.")
        pthread_detach(thread)
    }

    private static func wait(with actions: Actions) -> Never {
        var set = signals
        var isEnding = false
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            if number == SIGHUP {
                actions.onHangUp()
            } else if isEnding {
                _exit(128 + number)
            } else {
                isEnding = true
                actions.onEnd(number == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }
}
