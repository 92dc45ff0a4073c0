internal import Glibc

/// The history of the fleet on disk: samples of who ran which version, and the releases that were told, in one SQLite file.
///
/// One writer, on a queue of its own: a disk that is slow holds up nobody else. Whatever is wrong with the disk, the server goes on counting:
/// entries wait in memory, bounded, and are written when the disk is back. A process that is killed loses at most the sample that was due.
package actor HistoryStore {
    /// What an operator should know; once per change.
    package enum Notice: Sendable, Equatable {
        /// From now on the history is not written, and why.
        case lost(HistoryStoreError)
        /// It is written again; so many entries were too many to keep meanwhile.
        case restored(leftOut: Int)
        /// The file could not be read. It was moved aside, and a new one begun.
        case keptAside(file: String, reason: String)
    }

    /// Entries that wait while the disk is away: an hour of samples, and some.
    private static let maxWaiting = 400
    /// How long to wait before the disk is tried again, in milliseconds of the monotonic clock.
    private static let retryInterval = Duration.seconds(60)

    private let folder: String
    private let notify: @Sendable (Notice) -> Void
    private let executor: QueueExecutor
    private var levels: HistoryLevels
    private var lock: FolderLock?
    private(set) var file: HistoryFile?
    private var waiting: [HistoryEntry] = []
    private var leftOut = 0
    private var isLost = false
    private var isFinal = false
    private var nextTry = Duration.zero

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - folder: made where it is missing; its parent must be there.
    ///   - days: how long samples are kept; at least 1.
    ///   - notify: called on the store's own queue.
    package init(folder: String, days: Int, notify: @escaping @Sendable (Notice) -> Void) {
        self.folder = folder
        self.notify = notify
        levels = HistoryLevels(days: days)
        executor = QueueExecutor(label: "history")
    }

    /// Opens the file. Where that can't be, it says why, once, and everything else goes on without it.
    /// - Parameter now: monotonic.
    package func open(at now: Duration) {
        do throws(HistoryStoreError) {
            lock = try FolderLock(folder: folder)
            file = try openFile()
        } catch {
            lose(error, at: now)
        }
    }

    /// Whether the history is read from and written to disk now.
    package var isOnDisk: Bool { file != nil && !isLost }

    private func openFile() throws(HistoryStoreError) -> HistoryFile {
        do throws(HistoryFileError) {
            return try HistoryFile(folder: folder, levels: levels.levels)
        } catch {
            switch error {
            case .newerSchema(let found): throw .newerSchema(folder, found: found)
            case .database(let fault) where fault.isCorrupt:
                try keepAside(reason: fault.message)
                return try secondFile()
            case .database(let fault): throw storeError(fault)
            }
        }
    }

    private func secondFile() throws(HistoryStoreError) -> HistoryFile {
        do throws(HistoryFileError) {
            return try HistoryFile(folder: folder, levels: levels.levels)
        } catch {
            throw .failed(folder, reason: "\(error)")
        }
    }

    /// Never deleted: somebody may want to look at it.
    private func keepAside(reason: String) throws(HistoryStoreError) {
        let path = HistoryFile.path(in: folder)
        var number = 1
        while unsafe access("\(path).damaged-\(number)", F_OK) == 0 { number += 1 }
        for suffix in ["-wal", "-shm", ""] {
            let target = "\(path).damaged-\(number)\(suffix)"
            guard unsafe rename(path + suffix, target) == 0 || !suffix.isEmpty else {
                throw .failed(folder, reason: "the damaged file can't be moved aside")
            }
        }
        notify(.keptAside(file: "\(path).damaged-\(number)", reason: reason))
    }

    /// Lets go of the file and the folder. What waits is written before, if it can be.
    package func close(at now: Duration, wallClock: Int64) {
        write(at: now, wallClock: wallClock, evenEarly: true)
        file = nil
        lock = nil
    }

    // MARK: Writing

    /// Takes a sample of now. One that comes within the same ten seconds as the last is left out.
    /// - Parameter now: monotonic. The sample's own time is the wall clock's.
    package func record(_ sample: HistorySample, at now: Duration) {
        guard let level = levels.level(at: now) else { return }
        append(.sample(sample, level: level), at: now, wallClock: sample.time)
    }

    /// Takes a release that was set or announced.
    package func record(_ release: ReleaseRecord, at now: Duration) { append(.release(release), at: now, wallClock: release.time) }

    /// The newest release of this version was told to so many tabs.
    package func record(told count: Int, of version: String, at now: Duration, wallClock: Int64) {
        append(.told(version: version, count: count), at: now, wallClock: wallClock)
    }

    /// Takes what was done with an announcement.
    package func record(_ act: ActRecord, at now: Duration, wallClock: Int64) { append(.act(act), at: now, wallClock: wallClock) }

    /// What was announced last under this number was told to so many tabs.
    package func record(told count: Int, ofAnnouncement number: Int, at now: Duration, wallClock: Int64) {
        append(.toldAct(number: number, count: count), at: now, wallClock: wallClock)
    }

    /// Remembers a value under a name.
    package func remember(_ name: String, _ value: String, at now: Duration, wallClock: Int64) {
        append(.note(name: name, value: value), at: now, wallClock: wallClock)
    }

    private func append(_ entry: HistoryEntry, at now: Duration, wallClock: Int64) {
        guard !isFinal else { return }
        waiting.append(entry)
        if waiting.count > Self.maxWaiting {
            // Releases are few and say more than one more sample.
            waiting.remove(at: waiting.firstIndex(where: \.isSample) ?? 0)
            leftOut += 1
        }
        write(at: now, wallClock: wallClock, evenEarly: false)
    }

    private func write(at now: Duration, wallClock: Int64, evenEarly: Bool) {
        guard !waiting.isEmpty, !isFinal, evenEarly || !isLost || now >= nextTry else { return }
        if file == nil {
            // It could not be opened before.
            open(at: now)
        }
        guard let file else { return }
        do throws(DatabaseError) {
            try file.write(waiting, now: wallClock)
        } catch {
            return lose(storeError(error), at: now)
        }
        waiting = []
        guard isLost else { return }
        isLost = false
        notify(.restored(leftOut: leftOut))
        leftOut = 0
    }

    private func lose(_ error: HistoryStoreError, at now: Duration) {
        switch error {
        case .newerSchema, .inUse:
            // Not to be mended while this process runs.
            isFinal = true
            waiting = []
        case .noFolder, .readOnly, .diskFull, .failed: nextTry = now + Self.retryInterval
        }
        if !isLost { notify(.lost(error)) }
        isLost = true
    }

    private func storeError(_ error: DatabaseError) -> HistoryStoreError {
        if error.isFull { return .diskFull(folder) }
        if error.isReadOnly { return .readOnly(folder) }
        return .failed(folder, reason: error.message)
    }

    // MARK: Reading

    /// The samples of a span, oldest first, one in each step; nil while there is no file.
    /// - Parameters:
    ///   - start: milliseconds since 1970, as `end` and `now`.
    ///   - step: milliseconds; the last sample of each step counts.
    package func samples(from start: Int64, to end: Int64, step: Int64, now: Int64) -> [HistorySample]? {
        guard let file, !isFinal, start <= end, step > 0 else { return nil }
        let level = levels.finest(reaching: Int(max(0, now - start) / 1000))
        guard let samples = try? file.samples(from: start, to: end, level: level) else { return nil }
        var thinned: [HistorySample] = []
        for sample in samples {
            if let last = thinned.last, last.time / step == sample.time / step { thinned.removeLast() }
            thinned.append(sample)
        }
        return thinned
    }

    /// The newest releases of a span, oldest first, at most `most`; nil while there is no file.
    package func releases(from start: Int64 = .min, to end: Int64 = .max, most: Int = 100) -> [ReleaseRecord]? {
        guard let file, !isFinal else { return nil }
        return try? file.releases(from: start, to: end, most: most)
    }

    /// The newest acts of a span, oldest first, at most `most`; nil while there is no file.
    package func acts(from start: Int64 = .min, to end: Int64 = .max, most: Int = 100) -> [ActRecord]? {
        guard let file, !isFinal else { return nil }
        return try? file.acts(from: start, to: end, most: most)
    }

    /// What was remembered under a name.
    package func note(_ name: String) -> String? {
        guard let file, !isFinal, let value = try? file.note(name) else { return nil }
        return value
    }
}
