/// What is so: the connections that the load generator itself holds open, and as what it opened them.
struct Truth {
    private(set) var rows: [String: ServerMessage.Row] = [:]
    private(set) var versions: [String: Int] = [:]
    private(set) var routes: [String: Int] = [:]

    /// Adds an open connection.
    mutating func add(_ row: ServerMessage.Row) {
        rows[row.id] = row
        versions[row.version, default: 0] += 1
        routes[row.route, default: 0] += 1
    }
}
