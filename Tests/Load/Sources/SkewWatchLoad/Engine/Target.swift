import Glibc

/// The server under load: where it is, after its name was resolved and every address of it was checked.
struct Target {
    /// Why there is no such target. One sentence each.
    enum Fault: Error, Equatable {
        case form(String)
        case unresolved(String)
        case remote(name: String, address: String)

        var sentence: String {
            switch self {
            case .form(let text): "'\(text)' is no target: write HOST:PORT, 127.0.0.1:8080 or [::1]:8080 for example"
            case .unresolved(let name): "no address is known for '\(name)'"
            case .remote(let name, let address):
                "'\(name)' is \(address), which is not this machine's loopback; to load a remote server, one of your own, add --allow-remote"
            }
        }
    }

    /// As in the `Host` header.
    let host: String
    /// The first address that the name has.
    let address: Address

    /// Resolves `text` (`host:port`), which may take as long as `resolve` does: by default the system's resolver.
    /// - Throws: `Fault`. Unless `allowRemote`, a name with a single address outside of loopback is refused.
    init(_ text: String, allowRemote: Bool, resolve: (String, UInt16) -> [Address] = Target.resolve) throws(Fault) {
        guard let (name, port) = Self.parts(of: text) else { throw .form(text) }
        let addresses = resolve(name, port)
        guard let first = addresses.first else { throw .unresolved(name) }
        if !allowRemote, let remote = addresses.first(where: { !$0.isLoopback }) { throw .remote(name: name, address: remote.text) }
        host = text
        address = first
    }

    /// Name and port of `host:port` or `[v6]:port`.
    static func parts(of text: String) -> (name: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
        var name = text[..<colon]
        if name.hasPrefix("["), name.hasSuffix("]") {
            name = name.dropFirst().dropLast()
        } else if name.contains(":") {
            return nil
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }) else {
            return nil
        }
        return (String(name), port)
    }

    /// What the system's resolver says; addresses resolve to themselves.
    static func resolve(_ name: String, _ port: UInt16) -> [Address] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [Address] = []
        var entry = unsafe list
        while let info = unsafe entry {
            unsafe entry = info.pointee.ai_next
            guard let native = unsafe info.pointee.ai_addr else { continue }
            switch unsafe info.pointee.ai_family {
            case AF_INET:
                let v4 = unsafe UnsafeRawPointer(native).loadUnaligned(as: sockaddr_in.self)
                addresses.append(.v4(UInt32(bigEndian: v4.sin_addr.s_addr), port: port))
            case AF_INET6:
                let v6 = unsafe UnsafeRawPointer(native).loadUnaligned(as: sockaddr_in6.self)
                addresses.append(.v6(unsafe withUnsafeBytes(of: v6.sin6_addr) { unsafe Array($0) }, port: port))
            default: continue
            }
        }
        return addresses
    }
}
