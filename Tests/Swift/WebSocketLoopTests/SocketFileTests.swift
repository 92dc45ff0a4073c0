import Glibc
import TestSockets
import Testing

@testable import WebSocketLoop

/// A Unix socket that listens, without a loop.
struct SocketFileTests {
    /// Calls back with a path in a folder of its own, which is gone afterwards.
    private static func inFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/skewwatch-XXXXXX".utf8CString)
        let folder = unsafe try #require(mkdtemp(&template).map { unsafe String(cString: $0) })
        defer {
            unsafe unlink("\(folder)/socket")
            unsafe rmdir(folder)
        }
        try body("\(folder)/socket")
    }

    private static func mode(of path: String) -> mode_t? {
        var info = stat()
        return unsafe stat(path, &info) == 0 ? info.st_mode & 0o777 : nil
    }

    @Test func `it has its mode, takes connections on every descriptor, and is removed`() throws {
        try Self.inFolder { path in
            let sockets = try SocketFile.listen(at: path, mode: 0o640, count: 3)
            defer { sockets.close(from: 0) }
            #expect(sockets.descriptors.count == 3 && sockets.port == 0)
            #expect(Self.mode(of: path) == 0o640)
            _ = try RawSocket(port: 0, host: "unix:\(path)")
            let descriptor = accept(sockets.descriptors[2], nil, nil)
            #expect(descriptor >= 0)
            close(descriptor)
            sockets.file?.remove()
            #expect(Self.mode(of: path) == nil)
        }
    }

    @Test func `one that lives is not touched, unless it is taken over`() throws {
        try Self.inFolder { path in
            let first = try SocketFile.listen(at: path, mode: 0o660, count: 1)
            #expect(SocketFile.fault(at: path) == nil, "it may be what is to be restarted")
            #expect(throws: LoopError.socketInUse(path: path)) { try SocketFile.listen(at: path, mode: 0o660, count: 1) }
            let second = try SocketFile.listen(at: path, mode: 0o600, count: 1, takesOver: true)
            first.file?.remove()
            first.close(from: 0)
            #expect(Self.mode(of: path) == 0o600, "it is the second one's")
            _ = try RawSocket(port: 0, host: "unix:\(path)")
            second.close(from: 0)
            second.file?.remove()
        }
    }

    @Test func `what a killed process left is replaced, and what is no socket is left alone`() throws {
        try Self.inFolder { path in
            try SocketFile.listen(at: path, mode: 0o660, count: 1).close(from: 0)
            #expect(Self.mode(of: path) != nil)
            let next = try SocketFile.listen(at: path, mode: 0o660, count: 1)
            next.close(from: 0)
            next.file?.remove()
            unsafe close(creat(path, 0o600))
            #expect(throws: LoopError.noSocket(path: path)) { try SocketFile.listen(at: path, mode: 0o660, count: 1, takesOver: true) }
            #expect(Self.mode(of: path) == 0o600)
            #expect(SocketFile.fault(at: path) == .noSocket(path: path))
        }
        #expect(SocketFile.fault(at: "/nowhere/socket") == .socketNotUsable(path: "/nowhere/socket", errno: ENOENT))
        #expect(throws: LoopError.socketNotUsable(path: "/nowhere/socket", errno: ENOENT)) {
            try SocketFile.listen(at: "/nowhere/socket", mode: 0o660, count: 1)
        }
    }

    @Test func `bytes that nobody wants are dropped of either kind of socket`() throws {
        var pair: [Int32] = [-1, -1]
        #expect(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { close(pair[1]) }
        let sent = Array(repeating: UInt8(1), count: 20_000) + [2, 3]
        #expect(unsafe send(pair[0], sent, sent.count, 0) == sent.count)
        #expect(KernelBytes.drop(20_000, of: pair[1]) == 20_000)
        #expect(KernelBytes.drop(1, of: pair[1]) == 1)
        var last: UInt8 = 0
        #expect(unsafe recv(pair[1], &last, 1, 0) == 1 && last == 3)
        #expect(KernelBytes.drop(10, of: pair[1]) == -1 && errno == EAGAIN)
        close(pair[0])
        #expect(KernelBytes.drop(10, of: pair[1]) == 0)
    }
}
