public import Foundation

/// A process that a test starts and that ends with it.
public final class Child: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    /// The folder of the built binaries: where this test's own binary lies.
    public static var products: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// Starts `executable` with nothing of this process' environment but the path.
    public init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { given, _ in given }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// Runs a tool to its end.
    public static func run(_ executable: String, _ arguments: [String], input: String = "") async throws -> Outcome {
        let child = try Child(URL(fileURLWithPath: executable), arguments)
        child.write(input)
        child.endInput()
        return try await child.outcome()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    public var id: Int32 { process.processIdentifier }

    public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    public func write(_ text: String) { try? input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

    public func endInput() { try? input.fileHandleForWriting.close() }

    /// The next line on standard output.
    public func line() async throws -> String { try await BlockingQueue.run { try Self.line(self.output) } }

    /// The next line on standard error.
    public func errorLine() async throws -> String { try await BlockingQueue.run { try Self.line(self.errors) } }

    /// How it ended, and what it said that was not read before.
    public struct Outcome: Sendable {
        public var status: Int32
        public var output: String
        public var errors: String
        /// Whether a signal ended it; then `status` is the signal's number.
        public var wasKilled: Bool
    }

    /// Waits for the end.
    public func outcome() async throws -> Outcome {
        async let errors = BlockingQueue.run { String(decoding: self.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
        let output = try await BlockingQueue.run { String(decoding: self.output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
        return try await BlockingQueue.run { [errors = try await errors] in
            self.process.waitUntilExit()
            return Outcome(
                status: self.process.terminationStatus, output: output, errors: errors,
                wasKilled: self.process.terminationReason == .uncaughtSignal)
        }
    }

    /// Processor time used so far, in hundredths of a second.
    public func processorTime() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8).split(separator: ")").last!.split(separator: " ")
        return Int(fields[11])! + Int(fields[12])!
    }

    private static func line(_ pipe: Pipe) throws -> String {
        var bytes: [UInt8] = []
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
