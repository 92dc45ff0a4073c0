/// A value in the configuration file, as the text that a flag would have.
struct ConfigurationFileValue: Decodable, Sendable {
    /// `nil` for what no setting can be: null, an object, a list in a list, a list's part with a comma in it.
    let text: String?

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            var parts: [String] = []
            while !list.isAtEnd {
                guard let part = try list.decode(Scalar.self).text, !part.contains(",") else {
                    text = nil
                    return
                }
                parts.append(part)
            }
            text = parts.joined(separator: ",")
        } else {
            text = try Scalar(from: decoder).text
        }
    }

    private struct Scalar: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.singleValueContainer() else {
                text = nil
                return
            }
            if let value = try? container.decode(String.self) {
                text = value
            } else if let value = try? container.decode(Bool.self) {
                text = "\(value)"
            } else if let value = try? container.decode(Int.self) {
                text = "\(value)"
            } else if let value = try? container.decode(Double.self) {
                text = "\(value)"
            } else {
                text = nil
            }
        }
    }
}
