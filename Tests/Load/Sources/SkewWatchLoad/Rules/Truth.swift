/// What is so: the connections that the load generator itself holds open, and as what it opened them.
struct Truth {
    /// Whether the ids are those that the server gave; else only counts can be compared.
    let knowsRows: Bool
    private(set) var rows: [String: ServerMessage.Row] = [:]
    private(set) var versions: [String: Int] = [:]
    private(set) var routes: [String: Int] = [:]

    init(knowsRows: Bool) {
        self.knowsRows = knowsRows
    }

    /// Adds an open connection.
    mutating func add(_ row: ServerMessage.Row) {
        rows[row.id] = row
        versions[row.version, default: 0] += 1
        routes[row.route, default: 0] += 1
    }
}
