internal import Foundation

/// Accepts connections and says one thing to each.
public final class TinyTCP: Sendable {
    public let port: Int
    private let listener: Int32

    public init(answer: String) throws {
        let (port, listener) = try RedisServer.boundSocket()
        guard listen(listener, 8) == 0 else { throw RedisServer.Missing() }
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
