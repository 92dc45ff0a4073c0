internal import Glibc

/// Why a loop or its listening sockets could not be made: a closed set, one sentence each.
package enum LoopError: Error, Equatable, Sendable {
    /// The operating system gave no thread; the error number.
    case threadNotStarted(errno: Int32)
    /// libuv could not set up its loop.
    case loopNotCreated
    /// libwebsockets could not set up its context; mostly its libuv plugin is missing.
    case contextNotCreated
    /// The certificate or its key could not be used.
    case certificateNotUsable(certificate: String, key: String)
    /// The host is neither an address nor a name that resolves.
    case hostNotResolved(String)
    /// Another program listens on this address and port.
    case addressInUse(host: String, port: Int)
    /// Another program listens on this Unix socket.
    case socketInUse(path: String)
    /// What lies where a Unix socket should be is something else.
    case noSocket(path: String)
    /// Listening on a Unix socket failed for another reason; the error number.
    case socketNotUsable(path: String, errno: Int32)
    /// The supervisor did not hand over one TCP socket that listens.
    case activationNotUsable
    /// Listening failed for another reason; the error number.
    case notListening(host: String, port: Int, errno: Int32)

    /// One sentence for people.
    package var sentence: String {
        switch self {
        case .threadNotStarted(let number): "A loop's thread could not be started: \(text(number))."
        case .loopNotCreated: "libuv could not set up an event loop; is the limit of open files very low?"
        case .contextNotCreated:
            "libwebsockets could not be set up; is its libuv plugin (Debian's libwebsockets-evlib-uv) installed?"
        case .certificateNotUsable(let certificate, let key):
            "TLS could not be set up with the certificate \(certificate) and the key \(key); are both readable, PEM, and a pair?"
        case .hostNotResolved(let host): "The host \(host) is no address of this machine and no name that resolves."
        case .addressInUse(let host, let port):
            "Port \(port) on \(host) is in use by another program; a server that takes over from it starts with --takeover."
        case .socketInUse(let path): "Another program listens on unix:\(path); a server that takes over from it starts with --takeover."
        case .noSocket(let path): "Cannot listen on unix:\(path): what lies there is no socket, and is left alone."
        case .socketNotUsable(let path, let number): "Cannot listen on unix:\(path): \(text(number))."
        case .activationNotUsable: "LISTEN_FDS must hand over one TCP socket that listens: the public port's."
        case .notListening(let host, let port, let number): "Cannot listen on \(host) port \(port): \(text(number))."
        }
    }

    private func text(_ number: Int32) -> String {
        unsafe String(cString: strerror(number))
    }
}
