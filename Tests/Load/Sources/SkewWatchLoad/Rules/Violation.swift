/// What a subscriber was told and cannot be true.
enum Violation: Error, Hashable {
    case deltaWithoutSnapshot
    case gap(expected: Int, got: Int)
    case backwards(from: Int, to: Int)
    case missing(String)
    case openedTwice(String)
    case changedUnknown(String)
    case closedUnknown(String)
    case listedTwice(String)
    case sum(of: String, told: Int, total: Int)
    case total(told: Int, so: Int)
    case version(String, told: Int, so: Int)
    case route(String, told: Int, so: Int)
    case absent(String)
    case differs(String)
    case stranger(String)
    case unreadable(String)
    case partial(String)

    /// Which of the checks of a run it breaks.
    var check: String {
        switch self {
        case .deltaWithoutSnapshot, .gap, .backwards: "no gap in seq"
        case .openedTwice, .changedUnknown, .closedUnknown, .listedTwice: "rows open once and close once"
        case .sum, .total, .version, .route: "counts are exact"
        case .absent, .differs, .stranger: "rows are exact"
        case .partial: "whole when at rest"
        case .missing, .unreadable: "messages can be read"
        }
    }

    /// One sentence for a person.
    var sentence: String {
        switch self {
        case .deltaWithoutSnapshot: "a delta came before any snapshot"
        case .gap(let expected, let got): "seq \(expected) was due, \(got) came"
        case .backwards(let from, let to): "a snapshot went back from seq \(from) to \(to)"
        case .missing(let field): "a message has no \(field)"
        case .openedTwice(let id): "\(id) opened twice"
        case .changedUnknown(let id): "\(id) changed and never opened"
        case .closedUnknown(let id): "\(id) closed twice"
        case .listedTwice(let id): "\(id) is in one list twice"
        case .sum(let of, let told, let total): "the \(of) add up to \(told), the total is \(total)"
        case .total(let told, let so): "total is told as \(told) and is \(so)"
        case .version(let key, let told, let so): "version \(key) is told as \(told) and is \(so)"
        case .route(let key, let told, let so): "route \(key) is told as \(told) and is \(so)"
        case .absent(let id): "\(id) is open and in no row"
        case .differs(let id): "the row of \(id) is wrong"
        case .stranger(let id): "\(id) has a row and is not one of this run's open connections"
        case .partial(let reasons): "said to be partial (\(reasons)) when nothing changed any more"
        case .unreadable(let text): "no JSON of the contract: \(text)"
        }
    }
}
