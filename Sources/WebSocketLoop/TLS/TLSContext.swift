internal import CLibssl

/// A certificate with its key, and how TLS is spoken with it: 1.2 or newer, HTTP/1.1 alone. One for each loop, on the loop's thread.
@safe
final class TLSContext {
    /// Paths of PEM files: the chain, the leaf first, and its key.
    typealias Files = (certificate: String, key: String)

    private let files: Files
    private var context: OpaquePointer
    /// Where bytes pass through on their way, of one connection at a time.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: TLSContext.recordBytes, alignment: 16)

    /// The most that one record of TLS holds (RFC 8446, section 5.1).
    private static let recordBytes = 16_384

    /// - Throws: when the files can't be read, or do not fit each other.
    init(_ files: Files) throws(LoopError) {
        self.files = files
        unsafe context = try Self.read(files)
    }

    deinit {
        unsafe SSL_CTX_free(context)
        unsafe scratch.deallocate()
    }

    /// Reads the files again, for the connections to come; those that are open keep what they began with.
    /// - Throws: when the new pair can't be used. The former one stays in force then.
    func renew() throws(LoopError) {
        let renewed = unsafe try Self.read(files)
        unsafe SSL_CTX_free(context)
        unsafe context = unsafe renewed
    }

    /// A session whose handshake has not begun, over a connection that it does not own.
    /// - Returns: nil when there is no memory.
    func session(over descriptor: Int32) -> TLSSession? { unsafe TLSSession(context, over: descriptor) }

    private static func read(_ files: Files) throws(LoopError) -> OpaquePointer {
        ERR_clear_error()
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { throw .contextNotCreated }
        _ = unsafe SSL_CTX_set_options(context, skewwatch_tls_options)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, skewwatch_tls_modes, nil)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        unsafe SSL_CTX_set_alpn_select_cb(context, chooseProtocol, nil)
        guard unsafe SSL_CTX_use_certificate_chain_file(context, files.certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(context, files.key, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            unsafe SSL_CTX_free(context)
            throw .certificateNotUsable(certificate: files.certificate, key: files.key)
        }
        return unsafe context
    }
}

/// Takes `http/1.1` of what a client offers by ALPN; a client that offers only others can't be served (RFC 7301, section 3.2).
@c private func chooseProtocol(
    _ session: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
    _ offer: UnsafePointer<UInt8>?, _ count: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let offered = unsafe UnsafeBufferPointer(start: offer, count: Int(count))
    var start = 0
    while start < offered.count, unsafe start + 1 + Int(offered[start]) <= offered.count {
        let name = unsafe UnsafeBufferPointer(rebasing: offered[(start + 1)..<(start + 1 + Int(offered[start]))])
        if unsafe name.elementsEqual("http/1.1".utf8) {
            unsafe chosen?.pointee = name.baseAddress
            unsafe length?.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        start += unsafe 1 + Int(offered[start])
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
