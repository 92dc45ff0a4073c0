internal import CLibuv
internal import CLibwebsockets
internal import Glibc

/// What libwebsockets is told when a context is made, and the memory that it goes on pointing to.
///
/// The choices were measured on 4.1.6: libuv instead of `poll()`; an empty retry policy, because the default one puts a timer of
/// every socket in a sorted list; no extension; no limit of descriptors, because it makes each look-up
/// a linear search; one write may be 64 KiB, else it would be cut to the receive buffer's size and copied.
@safe
final class ContextSettings {
    /// The most that one write hands to the kernel; also the size of a fragment of a large message.
    static let fragmentBytes = 65_536

    /// The most that libwebsockets reads at once.
    private static let readBytes = 4096

    private let options: LoopOptions
    private let loops = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
    private let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 3)
    private let retryPolicy = UnsafeMutablePointer<lws_retry_bo_t>.allocate(capacity: 1)
    /// The name of the second protocol: whatever is chosen of a client's offer just now, empty else. See ``choose(_:)``.
    private let offeredName = UnsafeMutablePointer<CChar>.allocate(capacity: 64)
    private let ownName: UnsafeMutablePointer<CChar>

    init(_ options: LoopOptions, loop: UnsafeMutablePointer<uv_loop_t>) {
        self.options = options
        unsafe loops.initialize(to: UnsafeMutableRawPointer(loop))
        unsafe retryPolicy.initialize(to: lws_retry_bo_t())
        unsafe offeredName.initialize(repeating: 0, count: 64)
        // No client can offer a name with a comma in it, so this one is never echoed.
        unsafe ownName = unsafe strdup("skewwatch,")
        for index in 0..<3 {
            unsafe protocols.advanced(by: index).initialize(to: lws_protocols())
            if index == 2 { break }
            unsafe protocols[index].name = unsafe UnsafePointer(index == 0 ? ownName : offeredName)
            unsafe protocols[index].callback = callbackOfLoop
            unsafe protocols[index].rx_buffer_size = options.receiveBufferBytes
            unsafe protocols[index].tx_packet_size = Self.fragmentBytes
        }
    }

    deinit {
        unsafe loops.deallocate()
        unsafe protocols.deallocate()
        unsafe retryPolicy.deallocate()
        unsafe offeredName.deallocate()
        unsafe Glibc.free(ownName)
    }

    /// - Parameter user: what callbacks find the loop by.
    func createContext(user: UnsafeMutableRawPointer) -> OpaquePointer? {
        var info = unsafe creationInfo
        unsafe info.user = unsafe user
        return unsafe lws_create_context(&info)
    }

    /// The one virtual host of a context.
    func createVhost(in context: OpaquePointer) -> OpaquePointer? {
        var info = unsafe creationInfo
        unsafe info.user = unsafe lws_context_user(context)
        return unsafe lws_create_vhost(context, &info)
    }

    private var creationInfo: lws_context_creation_info {
        var info = unsafe lws_context_creation_info()
        unsafe info.port = -2  // CONTEXT_PORT_NO_LISTEN_SERVER: a macro Swift does not import.
        unsafe info.protocols = unsafe UnsafePointer(protocols)
        unsafe info.foreign_loops = unsafe loops
        unsafe info.retry_and_idle_policy = unsafe UnsafePointer(retryPolicy)
        unsafe info.pt_serv_buf_size = UInt32(Self.readBytes)
        // All that it reads of a head is ``PlainHandshake``.
        unsafe info.max_http_header_data = 512
        let seconds = max(1, Int32(options.handshakeTimeout.components.seconds))
        unsafe info.timeout_secs = UInt32(seconds)
        unsafe info.keepalive_timeout = seconds
        unsafe info.options = UInt64(
            LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN)
        return unsafe info
    }

    /// libwebsockets refuses a client that offers only subprotocols it does not know, and echoes the one it finds. So the second
    /// protocol takes the chosen name until ``forgetChoice()``, which comes when the answer is written.
    func choose(_ name: ArraySlice<UInt8>) {
        guard name.count < 64 else { return }
        for (index, byte) in name.enumerated() { unsafe offeredName[index] = CChar(truncatingIfNeeded: byte) }
        unsafe offeredName[name.count] = 0
    }

    func forgetChoice() {
        unsafe offeredName[0] = 0
    }
}
