/// The SQLite file of the history: its tables, and what is read and written. Used by one thread at a time.
final class HistoryFile {
    /// The schema of this release, in `PRAGMA user_version`.
    static let schema = 1
    /// "SKWH", so that `file` and others can tell what it is.
    private static let applicationID = 0x534B_5748
    private static let maxReleases = 1000

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
            guard found == 0 else { throw DatabaseError(code: Self.newerCode, message: String(found)) }
            try database.transaction { () throws(DatabaseError) in
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
                    PRAGMA user_version = \(Self.schema);
                    """)
            }
        } catch {
            throw error.code == Self.newerCode ? .newerSchema(Int(error.message) ?? 0) : .database(error)
        }
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
                "INSERT INTO release (time, version, origin, by, told) VALUES (?, ?, ?, ?, ?)",
                [
                    .number(release.time), .text(release.version), .text(release.origin.rawValue),
                    release.by.map { .text($0) } ?? .null, release.told.map { .number(Int64($0)) } ?? .null,
                ])
            try database.run("DELETE FROM release WHERE id <= (SELECT max(id) FROM release) - ?", [.number(Int64(Self.maxReleases))])
        case .told(let version, let count):
            try database.run(
                "UPDATE release SET told = ? WHERE id = (SELECT max(id) FROM release WHERE version = ?)",
                [.number(Int64(count)), .text(version)])
        case .note(let name, let value):
            try database.run("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", [.text(name), .text(value)])
        }
    }

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
            "SELECT id, time, version, origin, by, told FROM release WHERE time BETWEEN ? AND ? ORDER BY id DESC LIMIT ?",
            [.number(start), .number(end), .number(Int64(most))]
        ) { row in
            guard let origin = ReleaseRecord.Origin(rawValue: row.text(3)) else { return }
            releases.append(
                ReleaseRecord(
                    id: row.number(0), time: row.number(1), version: row.text(2), origin: origin, by: row.isNull(4) ? nil : row.text(4),
                    told: row.isNull(5) ? nil : Int(row.number(5))))
        }
        return releases.reversed()
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
    /// A value to remember under a name.
    case note(name: String, value: String)

    var isSample: Bool {
        if case .sample = self { return true }
        return false
    }
}
