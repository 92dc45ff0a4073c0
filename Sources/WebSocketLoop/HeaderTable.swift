internal import CLibwebsockets

/// The head of a request as libwebsockets keeps it: a view into its header table, which is given back when the callback returns.
///
/// Everything is read by length; a NUL byte cuts nothing short. Several headers of one name are joined with a space by libwebsockets.
@safe
struct HeaderTable {
    typealias Method = RequestHead.Method
    typealias Header = RequestHead.Header

    private let wsi: OpaquePointer

    init(borrowing wsi: OpaquePointer) {
        unsafe self.wsi = unsafe wsi
    }

    /// The method; nil for one that libwebsockets has no name for.
    var method: Method? {
        Method.allCases.first { unsafe lws_hdr_total_length(wsi, $0.token) > 0 }
    }

    /// The path, percent-decoded, without the query.
    var path: [UInt8] {
        guard let method, let path = copy(method.token) else { return [] }
        guard path.first != UInt8(ascii: "/") else { return path }
        // A URL instead of a path, with two slashes made one.
        let rest = path.drop { $0 != UInt8(ascii: "/") }.dropFirst().drop { $0 != UInt8(ascii: "/") }
        return rest.isEmpty ? [UInt8(ascii: "/")] : Array(rest)
    }

    /// The query of the target, encoded; empty where there is none.
    ///
    /// libwebsockets decodes a query and takes it apart, so it is put together again. What is lost on the way: `;` separates like `&`,
    /// and a blank was `+` or `%20`.
    var query: [UInt8] {
        var query: [UInt8] = []
        var index: Int32 = 0
        // An empty part has length 0, and parts may follow it.
        while let part = fragment(WSI_TOKEN_HTTP_URI_ARGS, index) {
            if index > 0 { query.append(UInt8(ascii: "&")) }
            for byte in part { Self.append(byte, encodedTo: &query) }
            index += 1
        }
        return query
    }

    private static func append(_ byte: UInt8, encodedTo query: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: " "): query.append(UInt8(ascii: "+"))
        case 0x21...0x7E where byte != UInt8(ascii: "%") && byte != UInt8(ascii: "&") && byte != UInt8(ascii: "+"): query.append(byte)
        default:
            let digits = Array("0123456789ABCDEF".utf8)
            query += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    /// The bytes of a header; nil where it is missing. Several lines of cookies are one (RFC 9113, section 8.2.3).
    func header(_ header: Header) -> [UInt8]? {
        header == .cookie && count(.cookie) > 1 ? lines(.cookie).joined(separator: "; ".utf8).map { $0 } : copy(header.token)
    }

    /// The lines of a header, without the blank that libwebsockets puts before the second.
    private func lines(_ header: Header) -> [[UInt8]] {
        (0..<Int32(count(header))).compactMap { fragment(header.token, $0) }.map { Array($0.drop { $0 == UInt8(ascii: " ") }) }
    }

    /// How many headers of this name there are.
    func count(_ header: Header) -> Int {
        var index: Int32 = 0
        while unsafe lws_hdr_fragment_length(wsi, header.token, index) > 0 { index += 1 }
        return Int(index)
    }

    /// The value of a header that libwebsockets has no token for.
    /// - Parameter name: in lower case.
    func lastValue(of name: StaticString) -> [UInt8]? {
        // With its colon, as libwebsockets keeps it.
        let name = name.withUTF8Buffer { unsafe Array($0) } + [UInt8(ascii: ":")]
        return unsafe name.withUnsafeBytes { name in
            let start = unsafe name.baseAddress!.assumingMemoryBound(to: CChar.self)
            let length = unsafe Int(lws_hdr_custom_length(wsi, start, Int32(name.count)))
            guard length >= 0 else { return nil }
            return unsafe read(length: length) { buffer, size in
                unsafe lws_hdr_custom_copy(wsi, buffer, size, start, Int32(name.count))
            }
        }
    }

    /// The length of the body: 0 without a `Content-Length`, nil where it is not a plain number that fits.
    var bodyLength: Int? {
        guard count(.contentLength) > 0 else { return count(.transferEncoding) > 0 ? nil : 0 }
        guard let digits = header(.contentLength), digits.count <= 15, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// Bytes of the request line and of the headers the server reads.
    var knownHeaderBytes: Int {
        let query = unsafe Int(lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS))
        return path.count + query + Header.allCases.reduce(0) { unsafe $0 + Int(lws_hdr_total_length(wsi, $1.token)) }
    }

    /// Whether a header that the server reads holds what no header may, for one a NUL (RFC 9110, section 5.5): a proxy in front may
    /// have read it differently.
    var hasControlCharacters: Bool {
        Header.allCases.contains { holdsControlCharacter($0.token) }
    }

    /// Looks at a header without an array of its own: every handshake passes here.
    private func holdsControlCharacter(_ token: lws_token_indexes) -> Bool {
        let length = unsafe Int(lws_hdr_total_length(wsi, token))
        guard length > 0 else { return false }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 2) { buffer in
            guard unsafe lws_hdr_copy(wsi, buffer.baseAddress!, Int32(length + 2), token) == Int32(length) else { return true }
            return unsafe buffer.prefix(length).contains { (0..<0x20).contains($0) && $0 != 0x09 || $0 == 0x7F }
        }
    }

    /// Whether the request line says HTTP/1.1.
    var isHTTP11: Bool { copy(WSI_TOKEN_HTTP).map { $0.elementsEqual("HTTP/1.1".utf8) } ?? false }

    private func copy(_ token: lws_token_indexes) -> [UInt8]? {
        let length = unsafe Int(lws_hdr_total_length(wsi, token))
        // An empty header has length 0 and a first fragment of length 0: it counts as missing, as it does for libwebsockets.
        guard length > 0 else { return nil }
        return unsafe read(length: length) { buffer, size in unsafe lws_hdr_copy(wsi, buffer, size, token) }
    }

    /// nil where there is no such fragment; an empty one has no bytes.
    private func fragment(_ token: lws_token_indexes, _ index: Int32) -> [UInt8]? {
        let length = unsafe Int(lws_hdr_fragment_length(wsi, token, index))
        return unsafe read(length: max(0, length)) { buffer, size in unsafe lws_hdr_copy_fragment(wsi, buffer, size, token, index) }
    }

    /// libwebsockets' copies want room for a NUL.
    private func read(length: Int, _ fill: (UnsafeMutablePointer<CChar>, Int32) -> Int32) -> [UInt8]? {
        var isThere = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: length + 2) { buffer, count in
            let start = unsafe UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self)
            let copied = unsafe Int(fill(start, Int32(length + 2)))
            isThere = copied >= 0
            count = max(0, min(length, copied))
        }
        return isThere && bytes.count == length ? bytes : nil
    }
}

extension RequestHead.Method {
    var token: lws_token_indexes {
        switch self {
        case .get: WSI_TOKEN_GET_URI
        case .head: WSI_TOKEN_HEAD_URI
        case .post: WSI_TOKEN_POST_URI
        case .put: WSI_TOKEN_PUT_URI
        case .patch: WSI_TOKEN_PATCH_URI
        case .delete: WSI_TOKEN_DELETE_URI
        case .options: WSI_TOKEN_OPTIONS_URI
        case .connect: WSI_TOKEN_CONNECT
        }
    }
}

extension RequestHead.Header {
    var token: lws_token_indexes {
        switch self {
        case .accept: WSI_TOKEN_HTTP_ACCEPT
        case .acceptEncoding: WSI_TOKEN_HTTP_ACCEPT_ENCODING
        case .authorization: WSI_TOKEN_HTTP_AUTHORIZATION
        case .connection: WSI_TOKEN_CONNECTION
        case .contentLength: WSI_TOKEN_HTTP_CONTENT_LENGTH
        case .contentType: WSI_TOKEN_HTTP_CONTENT_TYPE
        case .cookie: WSI_TOKEN_HTTP_COOKIE
        case .expect: WSI_TOKEN_HTTP_EXPECT
        case .forwardedFor: WSI_TOKEN_X_FORWARDED_FOR
        case .host: WSI_TOKEN_HOST
        case .ifNoneMatch: WSI_TOKEN_HTTP_IF_NONE_MATCH
        case .origin: WSI_TOKEN_ORIGIN
        case .realIP: WSI_TOKEN_HTTP_X_REAL_IP
        case .transferEncoding: WSI_TOKEN_HTTP_TRANSFER_ENCODING
        case .upgrade: WSI_TOKEN_UPGRADE
        case .userAgent: WSI_TOKEN_HTTP_USER_AGENT
        case .accessControlRequestHeaders: WSI_TOKEN_HTTP_AC_REQUEST_HEADERS
        case .webSocketKey: WSI_TOKEN_KEY
        case .webSocketVersion: WSI_TOKEN_VERSION
        case .webSocketProtocol: WSI_TOKEN_PROTOCOL
        }
    }
}
