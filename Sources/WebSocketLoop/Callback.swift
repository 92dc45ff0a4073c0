internal import CLibwebsockets

/// The one function that libwebsockets calls. It finds the loop, checks the pointers, wraps the bytes and calls one method.
///
/// The loop is the context's user pointer, retained until the context is gone. The socket's id is the connection's opaque
/// pointer, never a reference: what is looked up with it is there or not.
@c func callbackOfLoop(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ length: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_RECEIVE, LWS_CALLBACK_SERVER_WRITEABLE, LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED,
        LWS_CALLBACK_RECEIVE_PONG, LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, LWS_CALLBACK_CLOSED, LWS_CALLBACK_HTTP, LWS_CALLBACK_CLOSED_HTTP,
        LWS_CALLBACK_WSI_DESTROY:
        break
    default:
        return 0
    }
    guard let wsi = unsafe wsi, let context = unsafe lws_get_context(wsi), let pointer = unsafe lws_context_user(context) else { return 0 }
    let loop = unsafe Unmanaged<WebSocketLoop>.fromOpaque(pointer).takeUnretainedValue()
    if reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED { unsafe loop.adopted(wsi) }
    let socket = unsafe SocketID(rawValue: UInt64(UInt(bitPattern: lws_get_opaque_user_data(wsi))))
    // libwebsockets has connections of its own (the pipe that wakes it), and may report one that was never adopted.
    guard let index = loop.table.index(of: socket) else { return 0 }
    let bytes = unsafe UnsafeRawBufferPointer(start: input, count: length)
    switch reason {
    case LWS_CALLBACK_RECEIVE: return unsafe loop.received(wsi, index, bytes)
    case LWS_CALLBACK_SERVER_WRITEABLE: return unsafe loop.writable(wsi, index)
    case LWS_CALLBACK_ESTABLISHED: return loop.established(index)
    case LWS_CALLBACK_RECEIVE_PONG: loop.receivedPong(index)
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: return unsafe loop.peerCloses(index, bytes)
    case LWS_CALLBACK_CLOSED: loop.end(index, .lost)
    // It was handed a handshake; if it takes it for a plain request, it is wrong.
    case LWS_CALLBACK_HTTP: return -1
    case LWS_CALLBACK_CLOSED_HTTP: loop.end(index, .lost)
    case LWS_CALLBACK_WSI_DESTROY: loop.release(index)
    default: break
    }
    return 0
}
