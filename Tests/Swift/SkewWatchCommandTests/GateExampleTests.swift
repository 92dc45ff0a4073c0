import Foundation
import TestSockets
import Testing

/// Docker/examples/gate, each against a real server, with short times in the place of an hour's.
@Suite(.timeLimit(.minutes(2))) struct GateExampleTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Docker/examples/gate").standardized

    /// The commands of an example, as a shell would be handed them.
    private static func script(_ name: String) throws -> String {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        switch name {
        case "github.yaml":
            let start = try #require(lines.firstIndex { $0.hasSuffix("run: |") })
            return lines[(start + 1)...].prefix { $0.hasPrefix("          ") }.joined(separator: "\n")
        case "gitlab.yaml":
            let start = try #require(lines.firstIndex { $0 == "  script:" })
            // GitLab's shell stops at the first command that fails, in a pipe, too.
            return "set -eo pipefail\n"
                + lines[(start + 1)...].prefix { $0.hasPrefix("    - ") }.map { $0.dropFirst(6) }.joined(separator: "\n")
        default: return text
        }
    }

    @Test(arguments: ["wait.sh", "wait-with-curl.sh", "github.yaml", "gitlab.yaml"])
    func `an example opens the gate when nobody is on an old build, and else not`(name: String) async throws {
        let server = try ServingCommand(["--release", "new"], environment: ["SKEWWATCH_STATS_TOKEN": "sesame"])
        defer { server.stop() }
        let script = try Self.script(name)
        #expect(try run(script, server.url, seconds: 50) == 0, "nobody is there")
        let tab = try await WebSocketClient(port: try #require(Int(server.port)), path: "/__skew/ws?v=old")
        #expect(try run(script, server.url, seconds: 3) == 124, "an old tab is there")
        await tab.hangUp()
    }

    /// Runs a script that waits for so many seconds at most.
    private func run(_ script: String, _ url: String, seconds: Int) throws -> Int32 {
        let script = script.replacing("--for 60s --timeout 2h", with: "--for 1s --timeout \(seconds)s")
        let bundle = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": bundle.deletingLastPathComponent().path + ":/usr/bin:/bin", "SKEWWATCH_URL": url, "SKEWWATCH_STATS_TOKEN": "sesame",
            "SKEWWATCH_FOR": "1s", "SKEWWATCH_TIMEOUT": "\(seconds)s", "SKEWWATCH_SECONDS": "\(seconds)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
