internal import Glibc

/// Waits for signals on the main thread, where anything may be called, unlike in a signal handler.
enum SignalWatch {
    private static var signals: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        return set
    }

    /// Keeps the signals from every thread until ``wait(onEnd:onHangUp:)``. Call on the main thread before any other exists: threads inherit this.
    static func blockSignals() {
        var set = signals
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `onEnd` at the first SIGTERM or SIGINT, and ends the process with 128 + its number at the second; `onHangUp` at every SIGHUP.
    static func wait(onEnd: (_ name: String) -> Void, onHangUp: () -> Void) -> Never {
        var set = signals
        var isEnding = false
        while true {
            var number: Int32 = 0
            guard unsafe sigwait(&set, &number) == 0 else { continue }
            if number == SIGHUP {
                onHangUp()
            } else if isEnding {
                _exit(128 + number)
            } else {
                isEnding = true
                onEnd(number == SIGINT ? "SIGINT" : "SIGTERM")
            }
        }
    }
}
