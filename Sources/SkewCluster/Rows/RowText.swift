package import Presence

/// A row of another node's list, as the name under which it is told: then rows are told, missed, asked for and mended as counts are, and a row is
/// there whose count is 1.
///
/// The id, then when it opened (milliseconds since 1970) and the lengths of version, route and address in bytes, each followed by a space, then
/// those three; then a space and a tag where it has one. What stands behind them is of a later release and is passed over.
package enum RowText {
    /// The longest that is read.
    static let maxBytes = 1024

    /// - Parameter showsAddress: whether some node has a viewer who may see addresses.
    package static func encode(_ row: ConnectionRow, showsAddress: Bool) -> String {
        let address = showsAddress ? row.address ?? "" : ""
        let lengths = [row.version, row.route, address].map { String($0.utf8.count) }.joined(separator: " ")
        let tag = row.tag.map { " \($0.utf8.count) \($0)" } ?? ""
        return "\(row.id)\(row.since) \(lengths) \(row.version)\(row.route)\(address)\(tag)"
    }

    /// - Returns: nil for what is no row.
    package static func decode(_ text: String) -> ConnectionRow? {
        var rest = Substring(text).utf8[...]
        guard let id = take(ConnectionID.textLength, from: &rest).flatMap({ ConnectionID($0) }), let since = number(&rest),
            let versionLength = number(&rest), let routeLength = number(&rest), let addressLength = number(&rest),
            let version = take(Int(versionLength), from: &rest), let route = take(Int(routeLength), from: &rest),
            let address = take(Int(addressLength), from: &rest)
        else { return nil }
        return ConnectionRow(
            id: id, version: String(version), route: String(route), since: since, address: address.isEmpty ? nil : String(address),
            tag: tag(&rest))
    }

    private static func tag(_ rest: inout Substring.UTF8View) -> String? {
        guard rest.first == UInt8(ascii: " ") else { return nil }
        rest = rest.dropFirst()
        return number(&rest).flatMap { take(Int($0), from: &rest) }.flatMap { $0.isEmpty ? nil : String($0) }
    }

    private static func take(_ count: Int, from rest: inout Substring.UTF8View) -> Substring? {
        guard count >= 0, let end = rest.index(rest.startIndex, offsetBy: count, limitedBy: rest.endIndex) else { return nil }
        defer { rest = rest[end...] }
        // In the middle of a character nothing ends.
        return Substring(validating: rest[..<end])
    }

    /// Digits, and the space behind them.
    private static func number(_ rest: inout Substring.UTF8View) -> Int64? {
        guard let space = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        defer { rest = rest[rest.index(after: space)...] }
        let digits = rest[..<space]
        guard (1...15).contains(digits.count), digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return Int64(Substring(digits))
    }
}

extension Substring {
    fileprivate init?(validating bytes: Substring.UTF8View) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self = Substring(text)
    }
}
