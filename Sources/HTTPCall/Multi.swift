internal import CLibcurl

/// libcurl's handle for many transfers on one thread.
///
/// `@unchecked Sendable` because `curl_multi_wakeup` is documented as safe from any thread; everything else here is called on the
/// worker's thread.
@safe
final class Multi: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: Transfer] = unsafe [:]

    /// nil when libcurl cannot be set up.
    init?() {
        // Done once per process whoever calls; it is thread-safe in the versions that we build with.
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let handle = unsafe curl_multi_init() else { return nil }
        unsafe self.handle = unsafe handle
    }

    /// Ends a wait in ``work()``. Any thread.
    func wake() { _ = unsafe curl_multi_wakeup(handle) }

    func add(_ call: Call) {
        guard let transfer = Transfer(call) else { return call.answer(.failure(.broken)) }
        unsafe transfers[transfer.easy] = transfer
        _ = unsafe curl_multi_add_handle(handle, transfer.easy)
    }

    /// Moves every transfer on, tells the answers of those that are done, and waits until there is more to do.
    func work() {
        var running: Int32 = 0
        _ = unsafe curl_multi_perform(handle, &running)
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
            let code = unsafe message.pointee.data.result
            unsafe finish(easy) { $0.outcome(code) }
        }
        // libcurl shortens the wait to its own next deadline.
        _ = unsafe curl_multi_poll(handle, nil, 0, 60_000, nil)
    }

    /// Ends every transfer and gives everything back to libcurl.
    func free() {
        while let easy = unsafe transfers.first?.key { unsafe finish(easy) { _ in .failure(.ended) } }
        _ = unsafe curl_multi_cleanup(handle)
    }

    private func finish(_ easy: UnsafeMutableRawPointer, _ outcome: (Transfer) -> Result<HTTPAnswer, HTTPFault>) {
        guard let transfer = unsafe transfers.removeValue(forKey: easy) else { return }
        let result = outcome(transfer)
        _ = unsafe curl_multi_remove_handle(handle, easy)
        transfer.free()
        transfer.call.answer(result)
    }
}
