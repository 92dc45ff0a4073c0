package import Logging

extension Logger.MetadataValue {
    /// A number, which stays one in a log in JSON.
    package static func number(_ value: Int) -> Self { .stringConvertible(value) }

    /// The same with a fraction.
    package static func number(_ value: Double) -> Self { .stringConvertible(value) }

    /// Whether its text is a number of JSON as it is.
    var isNumber: Bool {
        guard case .stringConvertible(let value) = self else { return false }
        if let value = value as? Double { return value.isFinite }
        return value is Int
    }
}
