/// One open tab: what the server should know of it.
struct Tab {
    /// Which page it is, over all of its connections.
    let page: Int
    let version: String
    var route: String
    let isStream: Bool
    /// Whether it has lost a connection and came back.
    var cameBack = false
    /// Whether its first message has come.
    var isGreeted = false
    /// The id the server gave it, once `connected` told it.
    var wireID: String?
    /// Its place in the list of open tabs, `nil` until it is open and after it was told to close.
    var place: Int?
    /// Whether it was told to close.
    var isLeaving = false

    /// The same page on a new connection.
    var returned: Tab {
        var tab = Tab(page: page, version: version, route: route, isStream: isStream)
        tab.cameBack = true
        return tab
    }
}
