import Glibc
import Testing

/// A server on a free port of loopback that listens.
final class ServingCommand {
    private let command: RunningCommand
    /// Scheme, host, port and base path.
    let url: String
    let port: String
    /// Of the probes; empty where they are off.
    let internalPort: String

    /// - Parameters:
    ///   - settings: further flags.
    ///   - port: any free one unless given.
    ///   - environment: for secrets.
    init(_ settings: [String] = [], port: String = "0", environment: [String: String] = [:]) throws {
        command = try RunningCommand(
            ["serve", "--host", "127.0.0.1", "--port", port, "--drain-timeout", "0s", "--log-format", "json"]
                + (settings.contains("--internal-port") ? [] : ["--internal-port", "-1"]) + settings,
            environment: environment)
        var lines = ""
        while true {
            if let address = lines.firstMatch(of: /"Listening\."[^}]*,"address":"(https?:\/\/127\.0\.0\.1:([0-9]+)[^"]*)"/) {
                (url, self.port) = (String(address.1), String(address.2))
                internalPort =
                    lines.firstMatch(of: /"Probes and metrics\."[^}]*,"address":"http:\/\/127\.0\.0\.1:([0-9]+)"/).map { String($0.1) }
                    ?? ""
                break
            }
            let more = command.nextErrors()
            try #require(!more.isEmpty, "The server ended: \(lines)")
            lines += more
        }
    }

    /// Ends it in order and waits.
    func stop() {
        command.send(SIGTERM)
        _ = command.finish()
    }

    /// Ends it at once, as a crash would.
    func kill() {
        command.send(SIGKILL)
        _ = command.finish()
    }
}
