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

    /// It heard of a release.
    struct Hearing {
        let page: Int
        /// What it runs.
        let version: String
        let at: Int64
        /// Which release its `connected` named when it came back; nil where a message told it.
        let release: String?
    }

    /// A message has come; the first one is to be `connected`.
    /// - Parameter learnsID: whether the first one is read whole, else only looked at.
    /// - Returns: nil where it heard of no release.
    mutating func hear(_ bytes: [UInt8], at: Int64, learnsID: Bool) -> Hearing? {
        let type = ServerMessage.typeOf(bytes)
        if isGreeted { return type == "version" ? Hearing(page: page, version: version, at: at, release: nil) : nil }
        guard type == "connected" else { return nil }
        isGreeted = true
        guard learnsID, let greeting = try? ServerMessage.read(bytes) else { return nil }
        wireID = greeting.wireID
        guard cameBack, let release = greeting.version else { return nil }
        return Hearing(page: page, version: version, at: at, release: release)
    }
}
