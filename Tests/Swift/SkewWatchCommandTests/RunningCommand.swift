import Foundation
import Testing

/// The built command in a process of its own.
final class RunningCommand {
    private let process = Process()
    private let output = Pipe()
    private let errors = Pipe()

    /// - Parameter environment: the whole environment; what the tests run with is not handed on.
    convenience init(_ arguments: String..., environment: [String: String] = [:]) throws {
        try self.init(arguments, environment: environment)
    }

    init(_ arguments: [String], environment: [String: String]) throws {
        // The test bundle and the command are built into the same folder.
        let bundle = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.executableURL = bundle.deletingLastPathComponent().appendingPathComponent("skewwatch")
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// The next bytes on standard error; waits for them.
    func nextErrors() -> String { String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self) }

    /// The next bytes on standard output; waits for them. None at its end.
    func nextOutput() -> String { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// For each thread but the first, the signals it does not take, as bits: bit n - 1 stands for signal n.
    func signalsBlockedByOtherThreads() throws -> [UInt64] {
        let tasks = "/proc/\(process.processIdentifier)/task"
        let others = try FileManager.default.contentsOfDirectory(atPath: tasks).filter { $0 != "\(process.processIdentifier)" }
        // One that has ended meanwhile takes no signal.
        return try others.compactMap { try? String(contentsOfFile: "\(tasks)/\($0)/status", encoding: .utf8) }.map { status in
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") })
            return try #require(UInt64(line.dropFirst(7).drop { $0 == "\t" }, radix: 16))
        }
    }

    /// Whether it ends within this time.
    func hasEnded(within duration: Duration) -> Bool {
        let end = ContinuousClock.now + duration
        while process.isRunning, ContinuousClock.now < end { usleep(20_000) }
        return !process.isRunning
    }

    /// Waits for the end, and gives everything that was not read yet.
    func finish() -> (status: Int32, output: String, errors: String) {
        let written = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: written, as: UTF8.self), String(decoding: complained, as: UTF8.self))
    }
}
