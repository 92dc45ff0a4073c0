/// One open tab: what the server should know of it.
struct Tab {
    let version: String
    var route: String
    let isStream: Bool
    /// Whether its first message has come.
    var isGreeted = false
    /// The id the server gave it, once `connected` told it.
    var wireID: String?
    /// Its place in the list of open tabs, `nil` until it is open and after it was told to close.
    var place: Int?
    /// Whether it was told to close.
    var isLeaving = false
}
