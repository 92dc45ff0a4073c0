/// What a request takes besides the plain bytes (RFC 9110, section 12.5.3).
enum AcceptedEncodings {
    /// Whether an encoding may be sent: it is named, or `*` is and it is not, with a weight that is not zero.
    static func take(_ encoding: String, _ header: [UInt8]?) -> Bool {
        guard let header else { return false }
        let names = encoding == "gzip" ? ["gzip", "x-gzip"] : [encoding]
        var others = false
        for part in String(decoding: header, as: UTF8.self).lowercased().split(separator: ",") {
            let fields = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            let isTaken = !fields.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) ?? 0 <= 0 }
            guard let name = fields.first else { continue }
            if names.contains(name) { return isTaken }
            if name == "*" { others = isTaken }
        }
        return others
    }
}
