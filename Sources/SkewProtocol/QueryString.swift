/// Values from the query of a request, read by length: a `%00` cuts nothing short.
package enum QueryString {
    /// The decoded bytes of the first value of `name` in a raw query (what follows the `?`), nil if the name is not in it.
    ///
    /// `+` and `%20` are spaces, an invalid `%xx` stays as it is; names are decoded, too. A name without `=` has the empty value.
    package static func firstValue(of name: String, in query: Span<UInt8>) -> [UInt8]? {
        var start = 0
        while start < query.count {
            let end = query.firstOffset(of: UInt8(ascii: "&"), from: start)
            let argument = query.extracting(start..<end)
            start = end + 1
            let equals = argument.firstOffset(of: UInt8(ascii: "="), from: 0)
            guard argument.count > 0, PercentDecoding.query(argument.extracting(0..<equals)).span.matches(name) else { continue }
            return PercentDecoding.query(argument.extracting(min(equals + 1, argument.count)..<argument.count))
        }
        return nil
    }

    /// The bytes after `name=` in one argument that is decoded already, nil if it has another name.
    ///
    /// libwebsockets hands out arguments in this form, one fragment each; decoding them again would turn `%2520` into a space.
    package static func value(of name: String, inDecodedArgument argument: Span<UInt8>) -> [UInt8]? {
        let equals = argument.firstOffset(of: UInt8(ascii: "="), from: 0)
        guard argument.count > 0, argument.extracting(0..<equals).matches(name) else { return nil }
        return argument.extracting(min(equals + 1, argument.count)..<argument.count).copy
    }
}
