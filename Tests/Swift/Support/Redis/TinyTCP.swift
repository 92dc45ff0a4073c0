internal import Foundation

/// Accepts connections and says one thing to each.
public final class TinyTCP: Sendable {
    public let port: Int
    private let listener: Int32

    public init(answer: String) throws {
        let port = try RedisServer.freePort()
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 && listen(listener, 8) == 0
            }
        }
        guard isBound else { throw RedisServer.Missing() }
        (self.port, self.listener) = (port, listener)
        let bytes = Array(answer.utf8)
        Thread.detachNewThread {
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { return }
                _ = unsafe send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
