internal import HTTPCall

extension Configuration {
    /// Sends a test to the webhook, and says in one sentence what is wrong; nil where it was taken or none is configured. Takes two
    /// seconds at most.
    package func faultOfWebhook() async -> String? {
        let caller = HTTPCaller(caFile: caFile)
        defer { caller.end() }
        guard let receiver = WebhookReceiver(self, caller: caller) else { return nil }
        let moment = MonotonicTime.wallClockMilliseconds
        guard let reason = await receiver.send(.test(moment: moment), moment: moment) else { return nil }
        return "\(source(of: "webhook-url")) names a receiver that took no test: \(reason)."
    }
}
