import Foundation
import Glibc
import Testing

@testable import SkewWatchCommand

@Suite struct ServiceManagerTests {
    @Test func `it is there where somebody asked to be told, and its watchdog only for this process`() {
        #expect(ServiceManager(environment: [:]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "/" + String(repeating: "a", count: 200)]) == nil)
        let environment = ["NOTIFY_SOCKET": "@skew", "WATCHDOG_USEC": "3000000"]
        #expect(ServiceManager(environment: environment)?.watchdog == .seconds(3))
        #expect(ServiceManager(environment: environment.merging(["WATCHDOG_PID": "7"]) { $1 }, process: 7)?.watchdog == .seconds(3))
        #expect(ServiceManager(environment: environment.merging(["WATCHDOG_PID": "7"]) { $1 }, process: 8)?.watchdog == nil)
        for wrong in ["0", "-1", "soon"] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "@skew", "WATCHDOG_USEC": wrong])?.watchdog == nil)
        }
    }

    @Test func `serve says that it is ready, that it is alive, and that it ends`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "skewwatch-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/notify"
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        let isBound = unsafe withUnsafePointer(to: &address) {
            unsafe bind(descriptor, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        try #require(isBound == 0)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        func next() -> String {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let server = try ServingCommand(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "300000"])
        var told = [next(), next(), next(), next()]
        #expect(told.contains("READY=1") && told.filter { $0 == "WATCHDOG=1" }.count >= 2, "\(told)")
        server.stop()
        for _ in 0..<20 where !told.contains("STOPPING=1") { told.append(next()) }
        #expect(told.contains("STOPPING=1"))
    }
}
