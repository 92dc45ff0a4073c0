/// What a request takes besides the plain bytes (RFC 9110, section 12.5.3).
enum AcceptedEncodings {
    /// Whether gzip may be sent: it is named, or `*` is and gzip is not, with a weight that is not zero.
    static func takeGzip(_ header: [UInt8]?) -> Bool {
        guard let header else { return false }
        var others = false
        for part in String(decoding: header, as: UTF8.self).lowercased().split(separator: ",") {
            let fields = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            let isTaken = !fields.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) ?? 0 <= 0 }
            switch fields.first {
            case "gzip", "x-gzip": return isTaken
            case "*": others = isTaken
            default: break
            }
        }
        return others
    }
}
