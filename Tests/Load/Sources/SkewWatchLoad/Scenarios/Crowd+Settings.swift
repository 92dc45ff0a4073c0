extension Crowd {
    /// Who the tabs are.
    struct Settings {
        /// The server, or the nodes that count as one: connections are dealt to them in turn.
        var nodes: [Target]
        var basePath: String
        var token: String?
        var versions: Distribution
        var routes: Distribution
        /// Share of the tabs that are event streams, 0 to 1.
        var streams = 0.0
        /// Whether the id that the server gives each tab is kept, so that rows can be compared.
        var learnsIDs = false
        var pages = Pages()
        /// How many rows the server lists at most.
        var mostListed: Int
    }

    /// What tabs do beyond being open, and as what subscribers come.
    struct Pages {
        /// Whether the tabs listen for releases; else nothing is read of a tab after its first message.
        var hearsReleases = false
        /// Whether tabs and subscribers that lose their server come back, as pages do; else they count as lost.
        var comesBack = false
        /// Whether subscribers are counted nowhere.
        var observes = false
    }
}

extension Crowd.Settings {
    /// What asks a node for a connection like this.
    func request(
        _ transport: Handshake.Transport, of node: Target, _ version: String, _ route: String, token: String?, isObserver: Bool = false
    ) -> Handshake.Request {
        Handshake.Request(
            transport: transport, host: node.host, basePath: basePath, version: version, route: route, token: token, isObserver: isObserver)
    }
}
