internal import CSQLite

/// What SQLite says is wrong.
struct DatabaseError: Error, Equatable {
    /// The primary result code: SQLite's list is at sqlite.org/rescode.html.
    let code: Int32
    let message: String

    var isFull: Bool { code == SQLITE_FULL }
    var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
    var isReadOnly: Bool { code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM || code == SQLITE_AUTH }
}

/// One connection to one SQLite file. Used by one thread at a time: its owner sees to that.
@safe
final class Database {
    private let handle: OpaquePointer

    /// Opens the file, or makes it.
    init(file: String) throws(DatabaseError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(file, &opened, flags, nil)
        guard let handle = unsafe opened else { throw DatabaseError(code: code, message: "out of memory") }
        guard code == SQLITE_OK else {
            defer { unsafe sqlite3_close_v2(handle) }
            throw unsafe Self.error(code, of: handle)
        }
        unsafe self.handle = handle
        _ = unsafe sqlite3_busy_timeout(handle, 1000)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Runs statements that answer nothing.
    func execute(_ statements: String) throws(DatabaseError) {
        let code = unsafe sqlite3_exec(handle, statements, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe Self.error(code, of: handle) }
    }

    /// Runs one statement.
    /// - Parameter read: called with each row of the answer.
    func run(_ statement: String, _ values: [Value] = [], _ read: (Row) -> Void = { _ in }) throws(DatabaseError) {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(handle, statement, -1, &prepared, nil)
        guard code == SQLITE_OK, let pointer = unsafe prepared else { throw unsafe Self.error(code, of: handle) }
        defer { unsafe sqlite3_finalize(pointer) }
        for (index, value) in values.enumerated() { try unsafe bind(value, to: pointer, at: Int32(index + 1)) }
        while true {
            switch unsafe sqlite3_step(pointer) {
            case SQLITE_ROW: read(unsafe Row(pointer))
            case SQLITE_DONE: return
            case let code: throw unsafe Self.error(code, of: handle)
            }
        }
    }

    /// One number that a statement answers; nil where there is none.
    func number(_ statement: String) throws(DatabaseError) -> Int64? {
        var number: Int64?
        try run(statement) { number = $0.number(0) }
        return number
    }

    /// Does all of it or nothing.
    func transaction(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // SQLite may have rolled back by itself.
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// What a statement is handed.
    enum Value {
        case null
        case number(Int64)
        case text(String)
        case bytes([UInt8])
    }

    private func bind(_ value: Value, to statement: OpaquePointer, at index: Int32) throws(DatabaseError) {
        let code =
            switch value {
            case .null: unsafe sqlite3_bind_null(statement, index)
            case .number(let number): unsafe sqlite3_bind_int64(statement, index, number)
            case .text(let text): unsafe bind_copied_text(statement, index, text, Int32(text.utf8.count))
            case .bytes(let bytes):
                unsafe bytes.withUnsafeBytes { unsafe bind_copied_blob(statement, index, $0.baseAddress, Int32($0.count)) }
            }
        guard code == SQLITE_OK else { throw unsafe Self.error(code, of: handle) }
    }

    private static func error(_ code: Int32, of handle: OpaquePointer) -> DatabaseError {
        DatabaseError(code: code & 0xFF, message: unsafe String(cString: sqlite3_errmsg(handle)))
    }
}

/// One row of an answer, lent for the length of a call.
@safe
struct Row {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) { unsafe self.statement = statement }

    func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let bytes = unsafe sqlite3_column_text(statement, column) else { return "" }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func optionalNumber(_ column: Int32) -> Int? { isNull(column) ? nil : Int(number(column)) }

    func bytes(_ column: Int32) -> [UInt8] {
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        guard count > 0, let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
