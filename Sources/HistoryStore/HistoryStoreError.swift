/// Why the history is not on disk: a closed set, each with one sentence for an operator.
package enum HistoryStoreError: Error, Sendable, Equatable {
    /// The folder is not there and cannot be made.
    case noFolder(String, reason: String)
    /// Nothing can be written there.
    case readOnly(String)
    /// Another process keeps its history there.
    case inUse(String)
    /// A later version of SkewWatch made it.
    case newerSchema(String, found: Int)
    /// The disk is full.
    case diskFull(String)
    /// Anything else that SQLite says.
    case failed(String, reason: String)

    /// What is wrong, and what that means.
    package var sentence: String {
        switch self {
        case .noFolder(let folder, let reason): "The folder \(folder) can't be made: \(reason)."
        case .readOnly(let folder): "Nothing can be written in \(folder)."
        case .inUse(let folder): "Another process keeps its history in \(folder)."
        case .newerSchema(let folder, let found):
            "The history in \(folder) was made by a later version of SkewWatch (schema \(found)); it is left as it is."
        case .diskFull(let folder): "The disk under \(folder) is full."
        case .failed(let folder, let reason): "The history in \(folder) can't be written: \(reason)."
        }
    }
}
