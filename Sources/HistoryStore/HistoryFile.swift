/// The SQLite file of the history: its tables, and what is read and written. Used by one thread at a time.
final class HistoryFile {
    /// The schema of this release, in `PRAGMA user_version`.
    static let schema = 2
    /// "SKWH", so that `file` and others can tell what it is.
    private static let applicationID = 0x534B_5748
    private static let maxReleases = 1000
    static let maxActs = 1000

    private let database: Database
    private let levels: [HistoryLevels.Level]

    /// Opens the file of a folder, or makes it.
    init(folder: String, levels: [HistoryLevels.Level]) throws(HistoryFileError) {
        self.levels = levels
        do throws(DatabaseError) {
            database = try Database(file: Self.path(in: folder))
            // Readers do not wait for the writer; a process that is killed loses nothing that was committed.
            try database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;")
        } catch {
            throw .database(error)
        }
        try prepare(folder)
    }

    static func path(in folder: String) -> String { folder + "/history.sqlite" }

    private func prepare(_ folder: String) throws(HistoryFileError) {
        do throws(DatabaseError) {
            var answer = ""
            try database.run("PRAGMA quick_check(1)") { answer = $0.text(0) }
            guard answer == "ok" else { throw DatabaseError(code: 11, message: answer) }
            let found = Int(try database.number("PRAGMA user_version") ?? 0)
            if found == Self.schema { return }
            guard 0...Self.schema ~= found else { throw DatabaseError(code: Self.newerCode, message: String(found)) }
            try database.transaction { () throws(DatabaseError) in
                if found == 0 { try makeFirstTables() }
                // What schema 2 has more than schema 1.
                try database.execute(
                    """
                    ALTER TABLE release ADD COLUMN target TEXT;
                    CREATE TABLE act (
                        id INTEGER PRIMARY KEY, time INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, version TEXT NOT NULL,
                        by TEXT, told INTEGER, matching INTEGER, rate INTEGER, target TEXT
                    ) STRICT;
                    PRAGMA user_version = \(Self.schema);
                    """)
            }
        } catch {
            throw error.code == Self.newerCode ? .newerSchema(Int(error.message) ?? 0) : .database(error)
        }
    }

    /// The tables of schema 1.
    private func makeFirstTables() throws(DatabaseError) {
        try database.execute(
            """
            CREATE TABLE sample (
                id INTEGER PRIMARY KEY, time INTEGER NOT NULL, level INTEGER NOT NULL, partial INTEGER NOT NULL, versions BLOB NOT NULL
            ) STRICT;
            CREATE INDEX sample_by_time ON sample (time, level);
            CREATE INDEX sample_by_level ON sample (level, id);
            CREATE TABLE release (
                id INTEGER PRIMARY KEY, time INTEGER NOT NULL, version TEXT NOT NULL, origin TEXT NOT NULL, by TEXT, told INTEGER
            ) STRICT;
            CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
            PRAGMA application_id = \(Self.applicationID);
            """)
    }

    /// No code of SQLite's.
    private static let newerCode: Int32 = -1

    /// The file grows no further than so many pages of 4 KiB.
    func limit(pages: Int) throws(DatabaseError) { try database.execute("PRAGMA max_page_count = \(pages)") }

    // MARK: Writing

    /// Writes all of it or nothing, and forgets what is too old.
    /// - Parameter now: milliseconds since 1970.
    func write(_ entries: [HistoryEntry], now: Int64) throws(DatabaseError) {
        try database.transaction { () throws(DatabaseError) in
            for entry in entries { try write(entry) }
            if entries.contains(where: \.isSample) { try forget(now) }
        }
    }

    private func write(_ entry: HistoryEntry) throws(DatabaseError) {
        switch entry {
        case .sample(let sample, let level):
            try database.run(
                "INSERT INTO sample (time, level, partial, versions) VALUES (?, ?, ?, ?)",
                [.number(sample.time), .number(Int64(level)), .number(sample.isPartial ? 1 : 0), .bytes(sample.encodedVersions)])
        case .release(let release):
            try database.run(
                "INSERT INTO release (time, version, origin, by, told, target) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    .number(release.time), .text(release.version), .text(release.origin.rawValue),
                    Self.text(release.by), Self.number(release.told), Self.text(release.target),
                ])
            try database.run("DELETE FROM release WHERE id <= (SELECT max(id) FROM release) - ?", [.number(Int64(Self.maxReleases))])
        case .told(let version, let count):
            try database.run(
                "UPDATE release SET told = max(coalesce(told, 0), ?) WHERE id = (SELECT max(id) FROM release WHERE version = ?)",
                [.number(Int64(count)), .text(version)])
        case .act(let act):
            try database.run(
                "INSERT INTO act (time, number, kind, version, by, told, matching, rate, target) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    .number(act.time), .number(Int64(act.number)), .text(act.kind), .text(act.version), Self.text(act.by),
                    Self.number(act.told), Self.number(act.matching), Self.number(act.rate), Self.text(act.target),
                ])
            try database.run("DELETE FROM act WHERE id <= (SELECT max(id) FROM act) - ?", [.number(Int64(Self.maxActs))])
        case .toldAct(let number, let count):
            try database.run(
                "UPDATE act SET told = max(coalesce(told, 0), ?) WHERE id = (SELECT max(id) FROM act WHERE number = ? AND kind = 'announced')",
                [.number(Int64(count)), .number(Int64(number))])
        case .note(let name, let value):
            try database.run("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", [.text(name), .text(value)])
        }
    }

    private static func text(_ text: String?) -> Database.Value { text.map { .text($0) } ?? .null }

    private static func number(_ number: Int?) -> Database.Value { number.map { .number(Int64($0)) } ?? .null }

    /// By age, and by number as well: a wall clock that was wrong for a while must not make samples stay for ever.
    private func forget(_ now: Int64) throws(DatabaseError) {
        for (index, level) in levels.enumerated() {
            try database.run(
                "DELETE FROM sample WHERE level = ? AND time < ?", [.number(Int64(index)), .number(now - Int64(level.kept) * 1000)])
            try database.run(
                """
                DELETE FROM sample WHERE level = ?1 AND id <= coalesce(
                    (SELECT id FROM sample WHERE level = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2), -1)
                """, [.number(Int64(index)), .number(Int64(level.capacity))])
        }
    }

    // MARK: Reading

    /// The samples of a span, oldest first.
    /// - Parameter level: samples of finer levels are left out.
    func samples(from start: Int64, to end: Int64, level: Int) throws(DatabaseError) -> [HistorySample] {
        var samples: [HistorySample] = []
        try database.run(
            "SELECT time, partial, versions FROM sample WHERE time BETWEEN ? AND ? AND level >= ? ORDER BY time, id LIMIT 50000",
            [.number(start), .number(end), .number(Int64(level))]
        ) { row in
            guard let versions = HistorySample.versions(from: row.bytes(2)) else { return }
            samples.append(HistorySample(time: row.number(0), versions: versions, isPartial: row.number(1) != 0))
        }
        return samples
    }

    /// The newest releases, oldest first.
    func releases(from start: Int64, to end: Int64, most: Int) throws(DatabaseError) -> [ReleaseRecord] {
        var releases: [ReleaseRecord] = []
        try database.run(
            "SELECT id, time, version, origin, by, told, target FROM release WHERE time BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
            [.number(start), .number(end), .number(Int64(most))]
        ) { row in
            guard let origin = ReleaseRecord.Origin(rawValue: row.text(3)) else { return }
            releases.append(
                ReleaseRecord(
                    id: row.number(0), time: row.number(1), version: row.text(2), origin: origin, by: row.optionalText(4),
                    told: row.optionalNumber(5), target: row.optionalText(6)))
        }
        return releases.reversed()
    }

    /// The newest acts, oldest first.
    func acts(from start: Int64, to end: Int64, most: Int) throws(DatabaseError) -> [ActRecord] {
        var acts: [ActRecord] = []
        try database.run(
            """
            SELECT time, number, kind, version, by, told, matching, rate, target FROM act WHERE time BETWEEN ? AND ? ORDER BY id DESC LIMIT ?
            """, [.number(start), .number(end), .number(Int64(most))]
        ) { row in
            acts.append(
                ActRecord(
                    time: row.number(0), number: Int(row.number(1)), kind: row.text(2), version: row.text(3), by: row.optionalText(4),
                    told: row.optionalNumber(5), matching: row.optionalNumber(6), rate: row.optionalNumber(7), target: row.optionalText(8)))
        }
        return acts.reversed()
    }

    func note(_ name: String) throws(DatabaseError) -> String? {
        var value: String?
        try database.run("SELECT value FROM note WHERE name = ?", [.text(name)]) { value = $0.text(0) }
        return value
    }
}

/// Why a file can't be used.
enum HistoryFileError: Error, Equatable {
    case newerSchema(Int)
    case database(DatabaseError)
}

/// Something that is to be written.
enum HistoryEntry: Sendable, Equatable {
    case sample(HistorySample, level: Int)
    case release(ReleaseRecord)
    /// The newest release of this version was told to so many tabs.
    case told(version: String, count: Int)
    /// What was done with an announcement.
    case act(ActRecord)
    /// What was announced last under this number was told to so many tabs.
    case toldAct(number: Int, count: Int)
    /// A value to remember under a name.
    case note(name: String, value: String)

    var isSample: Bool {
        if case .sample = self { return true }
        return false
    }
}
