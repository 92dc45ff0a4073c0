// Without it the executor's own check is not visible here, and the one that always traps is taken.
internal import WebSocketLoop

/// The way into the actor for what happens with every message.
extension ConnectionTracker {
    /// Does what `assumeIsolated` does, for a body that captures nothing and is handed its argument: so nothing is allocated, where a
    /// closure that captures costs `assumeIsolated` two allocations. Traps on any thread but the loop's.
    nonisolated func enter<Argument, Result>(
        _ argument: Argument, _ body: @escaping (isolated ConnectionTracker, Argument) -> Result
    ) -> Result {
        thread.checkIsolated()
        // The isolation is the check above: it is part of the function's type, not of how it is called.
        let entered = unsafe unsafeBitCast(body, to: ((ConnectionTracker, Argument) -> Result).self)
        return entered(self, argument)
    }
}
