internal import HTTPCall
internal import Logging
internal import SkewProtocol

/// Asks a URL of the team's app which release is out, and announces what counts. A child of the server's `run()`.
struct ReleaseWatch: Sendable {
    let url: String
    let caller: HTTPCaller
    let shared: SharedState
    let logger: Logger
    var interval = ReleaseProbe.interval
    /// Whether this node is the one of its cluster that asks.
    var isSpeaker: @Sendable () -> Bool = { true }

    /// Nuxt's file with the module's list of builds has some kilobytes.
    private static let longestAnswer = 1_048_576

    /// Returns when its task is cancelled.
    func run() async {
        var probe = ReleaseProbe(settled: shared.release, interval: interval)
        while !Task.isCancelled {
            guard isSpeaker() else {
                try? await Task.sleep(for: interval)
                // Another one may have announced something meanwhile.
                probe = ReleaseProbe(settled: shared.release, interval: interval)
                continue
            }
            let answer = await ask(known: probe.tag)
            if Task.isCancelled { return }
            for action in probe.take(answer, at: MonotonicTime.now) { carryOut(action) }
            try? await Task.sleep(for: probe.pause)
        }
    }

    private func carryOut(_ action: ReleaseProbe.Action) {
        switch action {
        case .announce(let version):
            shared.announce(version, by: "release-url")
            logger.info("A release is out.", metadata: ["version": "\(version)", "by": "release-url"])
        case .warn(let reason): logger.warning("The release can't be read from --release-url: \(reason).")
        case .recovered: logger.info("The release can be read from --release-url again.")
        }
    }

    private func ask(known tag: String?) async -> ReleaseProbe.Answer {
        var headers = [(name: "Accept", value: "application/json"), (name: "User-Agent", value: "skewwatch/\(BuildInfo.version)")]
        if let tag { headers.append(("If-None-Match", tag)) }
        do throws(HTTPFault) {
            let answer = try await caller.call(
                HTTPRequest(url: url, headers: headers, timeout: .seconds(5), maxAnswerBytes: Self.longestAnswer))
            return Self.read(answer)
        } catch {
            return .failed(error.reason)
        }
    }

    /// The `id` of Nuxt's `latest.json`, or a `version`.
    static func read(_ answer: HTTPAnswer) -> ReleaseProbe.Answer {
        if answer.status == 304 { return .unchanged }
        guard answer.status == 200 else { return .failed("it answered \(answer.status)") }
        let body = JSONValue(answer.body.span)
        guard let text = body?["id"]?.text ?? body?["version"]?.text, let version = CleanText.version(text) else {
            return .failed("its answer is no JSON with an id or a version")
        }
        return .version(version, tag: answer.tag)
    }
}
