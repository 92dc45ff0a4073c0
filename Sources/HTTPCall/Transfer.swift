internal import CLibcurl
internal import Glibc

/// One request under way: libcurl's handle and what has come so far. Lives on the worker's thread.
@safe
final class Transfer {
    let call: Call
    let easy: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var isRefused = false

    /// nil when libcurl refuses the request, an impossible URL for one.
    init?(_ call: Call) {
        guard let easy = unsafe curl_easy_init() else { return nil }
        self.call = call
        unsafe self.easy = unsafe easy
        var list: UnsafeMutablePointer<curl_slist>?
        // Waiting for a "100 Continue" would cost a second with servers that send none.
        for line in call.request.headerLines + ["Expect:"] { unsafe list = unsafe curl_slist_append(list, line) }
        unsafe headers = unsafe list
        guard setUp(call.request) else {
            free()
            return nil
        }
    }

    private func setUp(_ request: HTTPRequest) -> Bool {
        let milliseconds = Int(request.timeout / .milliseconds(1))
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT_MS, milliseconds),
            (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, request.checksCertificate ? 1 : 0),
            (CURLOPT_SSL_VERIFYHOST, request.checksCertificate ? 2 : 0),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            // A look-up that hangs must not hold the thread when its transfer is over.
            (CURLOPT_QUICK_EXIT, 1),
        ]
        // Less than a byte a second over that many seconds is silence.
        let limits: [(CURLoption, Int)] =
            call.streaming.map { [(CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, Int($0.silence.components.seconds))] }
            ?? [(CURLOPT_TIMEOUT_MS, milliseconds), (CURLOPT_MAXFILESIZE, request.maxAnswerBytes)]
        var isSetUp = (numbers + limits).allSatisfy { option, value in unsafe skewwatch_set_number(easy, option, value) == CURLE_OK }
        // The empty proxy means none, also where the environment names one.
        // The folder of the system's authorities stays in use beside the file.
        let files =
            (call.caFile.map { [(CURLOPT_CAINFO, $0)] } ?? []) + (request.socketPath.map { [(CURLOPT_UNIX_SOCKET_PATH, $0)] } ?? [])
        for (option, text) in [(CURLOPT_URL, request.url), (CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_PROXY, "")] + files {
            isSetUp = unsafe text.withCString { unsafe skewwatch_set_pointer(easy, option, $0) == CURLE_OK } && isSetUp
        }
        _ = unsafe skewwatch_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
        if let body = request.body {
            _ = unsafe skewwatch_set_number(easy, CURLOPT_POST, 1)
            _ = unsafe skewwatch_set_number(easy, CURLOPT_POSTFIELDSIZE, body.count)
            _ = unsafe body.withUnsafeBytes {
                unsafe skewwatch_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? UnsafeRawPointer(easy))
            }
        }
        _ = unsafe skewwatch_set_receiver(easy, receivePart)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe skewwatch_set_pointer(easy, CURLOPT_WRITEDATA, context)
        if request.peers != .any {
            isSetUp = unsafe skewwatch_set_opener(easy, openSocket) == CURLE_OK && isSetUp
            _ = unsafe skewwatch_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
        }
        return isSetUp
    }

    /// Opens a socket to one of the addresses that the name has led to.
    /// - Returns: -1 where it must not be.
    func open(_ address: inout curl_sockaddr) -> curl_socket_t {
        let isAllowed = unsafe withUnsafeBytes(of: &address.addr) { bytes in
            unsafe PeerRule.allows(UnsafeRawBufferPointer(start: bytes.baseAddress, count: Int(address.addrlen)), call.request.peers)
        }
        guard isAllowed else {
            isRefused = true
            return -1
        }
        return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.`protocol`)
    }

    /// A part of the answer's body.
    /// - Returns: false when the answer is too large: the transfer ends.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let streaming = call.streaming, unsafe skewwatch_get_number(easy, CURLINFO_RESPONSE_CODE) == 200 {
            unsafe streaming.part(Array(bytes))
            return true
        }
        isTooLarge = body.count + bytes.count > call.request.maxAnswerBytes
        if !isTooLarge { unsafe body.append(contentsOf: bytes) }
        return !isTooLarge
    }

    /// The answer, once libcurl is done.
    func outcome(_ code: CURLcode) -> Result<HTTPAnswer, HTTPFault> {
        if isTooLarge { return .failure(.answerTooLarge) }
        switch code {
        case CURLE_OK:
            let type = unsafe skewwatch_get_pointer(easy, CURLINFO_CONTENT_TYPE)
            let text = unsafe type.map { unsafe String(cString: $0.assumingMemoryBound(to: CChar.self)) }
            return unsafe .success(
                HTTPAnswer(status: skewwatch_get_number(easy, CURLINFO_RESPONSE_CODE), contentType: text, body: body, tag: tag))
        case CURLE_OPERATION_TIMEDOUT: return .failure(.timedOut)
        case CURLE_COULDNT_RESOLVE_HOST: return .failure(.nameNotResolved)
        case CURLE_COULDNT_CONNECT: return .failure(isRefused ? .addressRefused : .notConnected)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return .failure(.notTrusted)
        case CURLE_FILESIZE_EXCEEDED: return .failure(.answerTooLarge)
        default: return .failure(.broken)
        }
    }

    private var tag: String? {
        var header: UnsafeMutablePointer<curl_header>?
        guard unsafe curl_easy_header(easy, "etag", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK, let header = unsafe header else {
            return nil
        }
        return unsafe String(cString: header.pointee.value)
    }

    /// Gives the memory back to libcurl; once, and after that nothing is asked of it.
    func free() {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headers)
    }
}

@c private func receivePart(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receive(part) ? part.count : 0
}

@c private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
    return unsafe transfer.open(&address!.pointee)
}
