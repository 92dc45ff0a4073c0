/// What a server says of its webhooks for the metrics.
struct WebhookMetrics: Sendable {
    var delivered = 0
    var failed = 0
    var dropped = 0
    var waiting = 0

    func append(to text: inout MetricsText) {
        text.begin("webhook_tries_total", .counter, "Tries to send a webhook, by what came of them.")
        text.sample("webhook_tries_total", [("result", "delivered")], delivered)
        text.sample("webhook_tries_total", [("result", "failed")], failed)
        text.single("webhooks_dropped_total", .counter, "Webhooks that were dropped, since too many waited.", dropped)
        text.single("webhooks_waiting", .gauge, "Webhooks that wait for their receiver.", waiting)
    }
}
