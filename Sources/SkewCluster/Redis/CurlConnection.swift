internal import CLibcurl

/// One connection that libcurl made, with TLS where that is asked for: bytes in, bytes out, without waiting. For one thread.
@safe
final class CurlConnection {
    private let easy: UnsafeMutableRawPointer
    /// For `poll`.
    let descriptor: Int32

    private static let isSetUp = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Connects. Waits for it, no longer than this; names are looked up in a thread of libcurl's.
    init(
        to endpoint: RedisLocation.Endpoint, isTLS: Bool, caFile: String?, within timeout: Duration
    ) throws(BusFault) {
        guard Self.isSetUp, let easy = unsafe curl_easy_init() else { throw .notConnected }
        do throws(BusFault) {
            unsafe try Self.connect(easy, endpoint, isTLS: isTLS, caFile: caFile, within: timeout)
        } catch {
            unsafe curl_easy_cleanup(easy)
            throw error
        }
        unsafe self.easy = unsafe easy
        descriptor = unsafe skewwatch_get_socket(easy)
    }

    deinit { unsafe curl_easy_cleanup(easy) }

    private static func connect(
        _ easy: UnsafeMutableRawPointer, _ endpoint: RedisLocation.Endpoint, isTLS: Bool, caFile: String?, within timeout: Duration
    ) throws(BusFault) {
        var texts: [(CURLoption, String)] = [(CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_PROXY, "")]
        // To libcurl it is HTTP of which no byte is ever said: only so does it make a connection and hand it out.
        let scheme = isTLS ? "https" : "http"
        switch endpoint {
        case .host(let host, let port):
            texts.append((CURLOPT_URL, "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"))
        case .socket(let path):
            texts += [(CURLOPT_URL, "\(scheme)://localhost"), (CURLOPT_UNIX_SOCKET_PATH, path)]
        }
        if let caFile { texts.append((CURLOPT_CAINFO, caFile)) }
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_CONNECT_ONLY, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT_MS, Int(timeout.wholeMilliseconds)),
            (CURLOPT_SSL_ENABLE_ALPN, 0), (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_TCP_NODELAY, 1), (CURLOPT_QUICK_EXIT, 1),
        ]
        for (option, value) in numbers {
            guard unsafe skewwatch_set_number(easy, option, value) == CURLE_OK else { throw .notConnected }
        }
        for (option, text) in texts {
            let code = unsafe text.withCString { unsafe skewwatch_set_pointer(easy, option, $0) }
            guard code == CURLE_OK else { throw .notConnected }
        }
        if let fault = unsafe fault(of: curl_easy_perform(easy)) { throw fault }
    }

    private static func fault(of code: CURLcode) -> BusFault? {
        switch code {
        case CURLE_OK: nil
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_COULDNT_RESOLVE_HOST: .notResolved
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .notTrusted
        default: .notConnected
        }
    }

    /// Sends as much as fits.
    /// - Returns: how many of the bytes; 0 where the other side takes none now. Then try again with the same bytes.
    func send(_ bytes: ArraySlice<UInt8>) throws(BusFault) -> Int {
        var sent = 0
        let code = unsafe bytes.withUnsafeBytes { unsafe curl_easy_send(easy, $0.baseAddress, $0.count, &sent) }
        switch code {
        case CURLE_OK: return sent
        case CURLE_AGAIN: return 0
        default: throw .closed
        }
    }

    /// What has come; nil where nothing has. Call it until it says nil: with TLS bytes may have come of which `poll` knows nothing.
    func receive() throws(BusFault) -> [UInt8]? {
        var received = 0
        var code = CURLE_OK
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            code = unsafe curl_easy_recv(easy, buffer.baseAddress, buffer.count, &received)
            count = code == CURLE_OK ? received : 0
        }
        switch code {
        case CURLE_OK where received > 0: return bytes
        case CURLE_AGAIN: return nil
        default: throw .closed
        }
    }
}
