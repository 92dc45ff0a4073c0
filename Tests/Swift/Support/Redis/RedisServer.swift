internal import Foundation
internal import TestSockets

/// A redis-server of a test's own, on a free port and a socket of its own. It ends with the test.
public final class RedisServer: Sendable {
    public let port: Int
    /// The path of its socket.
    public let socket: String
    private let folder: URL
    private let arguments: [String]
    private let child: ChildBox

    private final class ChildBox: @unchecked Sendable { var child: Child? }

    public struct Missing: Error {}

    /// Starts it and waits until it answers.
    /// - Parameters:
    ///   - arguments: further ones, such as `--requirepass`.
    ///   - sentinel: the file of a sentinel's settings, where it is to be one.
    public init(_ arguments: [String] = [], sentinel: String? = nil) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.port = try Self.freePort()
        socket = folder.appendingPathComponent("redis.sock").path
        let common = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder.path, "--loglevel", "warning"]
        self.arguments =
            if let sentinel {
                [sentinel, "--sentinel"] + common
            } else {
                common + ["--unixsocket", socket, "--save", "", "--appendonly", "no"] + arguments
            }
        child = ChildBox()
        try await start()
    }

    /// Starts it again after ``kill()``.
    public func start() async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/redis-server") else { throw Missing() }
        child.child = try Child(URL(fileURLWithPath: "/usr/bin/redis-server"), arguments)
        let answers = try await Patience.sees {
            (try? await Child.run("/usr/bin/redis-cli", ["-p", String(port), "PING"]))?.status == 0
        }
        guard answers else { throw Missing() }
    }

    /// As a crash does.
    public func kill() { child.child?.signal(SIGKILL) }
    /// It lives and does nothing.
    public func stop() { child.child?.signal(SIGSTOP) }
    public func resume() { child.child?.signal(SIGCONT) }

    /// What `redis-cli` says to a command.
    public func command(_ words: String...) async throws -> String {
        try await Child.run("/usr/bin/redis-cli", ["-p", String(port)] + words).output
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A port that nobody listens on, and that the kernel gives to no connection and no listener before it is taken: those are from
    /// 32768 on.
    public static func freePort() throws -> Int {
        let (port, descriptor) = try boundSocket()
        close(descriptor)
        return port
    }

    /// A socket of loopback at such a port, which is the caller's to close.
    static func boundSocket() throws -> (port: Int, descriptor: Int32) {
        for _ in 0..<1000 {
            let (port, descriptor) = (Int.random(in: 10_000..<32_000), Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isFree = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isFree { return (port, descriptor) }
            close(descriptor)
        }
        throw Missing()
    }
}
