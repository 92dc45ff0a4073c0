internal import WebSocketLoop

/// What must be remembered of the addresses of a loop's connections, by the index of their socket. Nothing is, of most.
struct KnownAddresses: Sendable {
    /// The address that each client of a trusted proxy counts for.
    private var counted: [Int: AddressKey] = [:]
    /// Whose connections these are that a trusted proxy has brought: the socket's own peer says only which proxy it was.
    private var proxied: [Int: AddressHash] = [:]

    mutating func count(_ address: AddressKey, at index: Int) { counted[index] = address }

    mutating func remember(_ hash: AddressHash, at index: Int) { proxied[index] = hash }

    /// Who is behind a proxy; nil where none has brought the connection.
    func hash(at index: Int) -> AddressHash? { proxied[index] }

    /// The connection is gone.
    /// - Returns: the address that it counted for, which has one less now.
    mutating func forget(_ index: Int) -> AddressKey? {
        proxied[index] = nil
        return counted.removeValue(forKey: index)
    }
}
