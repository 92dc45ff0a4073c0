import CLibuv
import CLibwebsockets
@c func hello(_ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?, _ length: Int) -> Int32 {
    unsafe lws_callback_http_dummy(wsi, reason, user, input, length)
}
