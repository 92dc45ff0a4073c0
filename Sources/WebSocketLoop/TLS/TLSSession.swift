internal import CLibssl

/// TLS with one peer, over a connection that somebody else owns and that never blocks. On its loop's thread.
@safe
final class TLSSession {
    /// How far a step came.
    enum Step: Equatable {
        /// So many bytes were read or written; of the handshake: it is done.
        case done(Int)
        /// Nothing more has come, or nothing more is taken: later.
        case blocked(wantsRoom: Bool)
        /// The peer says that it sends no more, or the session is broken.
        case ended
    }

    private let session: OpaquePointer
    private var isBroken = false

    init?(_ context: OpaquePointer, over descriptor: Int32) {
        guard let session = unsafe SSL_new(context) else { return nil }
        unsafe self.session = unsafe session
        guard unsafe SSL_set_fd(session, descriptor) == 1 else { return nil }
    }

    deinit {
        unsafe SSL_free(session)
    }

    /// Goes on with the handshake.
    func accept() -> Step { step { unsafe SSL_accept(session) } }

    /// Reads what has come, at most one record.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        step { unsafe SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count)) }
    }

    /// Writes; what is blocked must come again, and may have more behind it.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        step { unsafe SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count)) }
    }

    /// Tells the peer that nothing more will come (RFC 8446, section 6.1); its own word is not waited for.
    func sayGoodbye() {
        guard !isBroken else { return }
        ERR_clear_error()
        _ = unsafe SSL_shutdown(session)
    }

    private func step(_ call: () -> Int32) -> Step {
        guard !isBroken else { return .ended }
        // The queue is the thread's: what another session left there would be taken for this one's.
        ERR_clear_error()
        let result = call()
        if result > 0 { return .done(Int(result)) }
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .blocked(wantsRoom: false)
        case SSL_ERROR_WANT_WRITE: return .blocked(wantsRoom: true)
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            isBroken = true
            return .ended
        }
    }
}
