internal import HTTPCall

/// Where webhooks go, and how one is sent there.
struct WebhookReceiver: Sendable {
    private let url: String
    private let secret: WebhookSecret?
    private let caller: HTTPCaller

    /// nil where none is configured.
    init?(_ configuration: Configuration, caller: HTTPCaller) {
        guard let url = configuration.webhookURL else { return nil }
        (self.url, self.caller) = (url.exposed, caller)
        secret = configuration.webhookSecret.flatMap { WebhookSecret($0.exposed) }
    }

    /// Sends a message and waits for the answer, two seconds at most.
    /// - Parameter moment: milliseconds since 1970.
    /// - Returns: why it was not taken, in words; nil where it was.
    func send(_ message: WebhookMessage, moment: Int64) async -> String? {
        let seconds = moment / 1000
        var headers = [
            (name: "Content-Type", value: "application/json"), ("User-Agent", "skewwatch/\(BuildInfo.version)"),
            ("webhook-id", message.id), ("webhook-timestamp", "\(seconds)"),
        ]
        if let secret { headers.append(("webhook-signature", secret.signature(id: message.id, seconds: seconds, body: message.body))) }
        let peers: HTTPRequest.Peers = Self.isLoopback(url) ? .notLinkLocal : .notLocal
        do throws(HTTPFault) {
            let answer = try await caller.call(
                HTTPRequest(url: url, headers: headers, body: message.body, timeout: .seconds(2), maxAnswerBytes: 65_536, peers: peers))
            return switch answer.status {
            case 200..<300: nil
            case 300..<400: "it answered \(answer.status), and redirects are not followed"
            default: "it answered \(answer.status)"
            }
        } catch {
            return error.reason
        }
    }

    /// Whether a URL names this machine itself: only then a message may go there.
    static func isLoopback(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let host = HostAndPort(url[start...].prefix { !"/?#".contains($0) })
        return host?.host == "localhost" || host?.address?.isLoopback == true
    }
}
