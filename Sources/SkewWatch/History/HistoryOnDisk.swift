internal import HistoryStore
internal import Logging
internal import Presence
internal import Synchronization

/// The history and the releases on disk, where the team wants that: what the server tells it, from any thread and without waiting. What
/// a process keeps for itself is ``RecentHistory``.
///
/// Whatever is wrong with the disk is one line in the log, and the server goes on in memory.
final class HistoryOnDisk: Sendable {
    /// What was remembered of earlier runs.
    struct Past: Sendable {
        /// Oldest first.
        var releases: [ReleaseRecord] = []
        /// What else was done with announcements, oldest first.
        var acts: [Act] = []
        /// `--release` at the last start that had one.
        var lastSetting: String?
        /// What webhooks have told, as they wrote it down.
        var webhooks: String?
        /// The last day in steps of a minute, or as dense as it is, oldest first.
        var recent: [HistorySample] = []
        /// All that is kept, in steps of ten minutes, oldest first.
        var old: [HistorySample] = []
    }

    private enum Entry: Sendable {
        case release(ReleaseRecord)
        case told(Int, version: String)
        case act(Act)
        case toldAct(Int, number: Int)
        case note(String, String)
    }

    private static let settingNote = "release-setting"
    private static let webhooksNote = "webhooks"
    private static let day: Int64 = 86_400_000

    private let store: HistoryStore
    private let waiting = Mutex<[Entry]>([])
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(folder: String, days: Int, logger: Logger) {
        store = HistoryStore(folder: folder, days: days) { notice in
            switch notice {
            case .lost(let error):
                logger.error(
                    "The history is not on disk from now on; the server goes on counting in memory.",
                    metadata: ["reason": "\(error.sentence)"])
            case .restored(let leftOut): logger.info("The history is on disk again.", metadata: ["leftOut": "\(leftOut)"])
            case .keptAside(let file, let reason):
                logger.error(
                    "The history could not be read; its file was kept aside and a new one begun.",
                    metadata: ["file": "\(file)", "reason": "\(reason)"])
            }
        }
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Opens the file and reads what was remembered.
    func open() async -> Past {
        let (now, wallClock) = (MonotonicTime.now, MonotonicTime.wallClockMilliseconds)
        await store.open(at: now)
        var past = Past()
        past.releases = await store.releases() ?? []
        past.acts = await acts(from: .min, to: .max) ?? []
        past.lastSetting = await store.note(Self.settingNote)
        past.webhooks = await store.note(Self.webhooksNote)
        // Every sample that is kept: of two in one step the later one may be that of an empty start.
        past.recent = await store.samples(from: wallClock - Self.day, to: wallClock, step: 1, now: wallClock) ?? []
        past.old = await store.samples(from: 0, to: wallClock, step: 1, now: wallClock) ?? []
        return past
    }

    /// Remembers that a release is out.
    func note(_ release: ReleaseRecord) { append(.release(release)) }

    /// Remembers to how many tabs the newest release of this version was told.
    func note(told count: Int, of version: String) { append(.told(count, version: version)) }

    /// Remembers what was done with an announcement.
    func note(_ act: Act) { append(.act(act)) }

    /// Remembers to how many what was announced under a number was told.
    func note(told count: Int, ofAnnouncement number: Int) { append(.toldAct(count, number: number)) }

    /// Remembers the release of this start and its setting, where they are new.
    func note(start: ReleaseAtStart, setting: String?) {
        if let release = start.release, start.isNew {
            append(.release(ReleaseRecord(time: MonotonicTime.wallClockMilliseconds, version: release, origin: .setting)))
        }
        if let setting { append(.note(Self.settingNote, setting)) }
    }

    /// Remembers what webhooks have told. When this returns it is on disk, or can't be.
    func remember(webhooks text: String) async {
        await store.remember(Self.webhooksNote, text, at: MonotonicTime.now, wallClock: MonotonicTime.wallClockMilliseconds)
    }

    private func append(_ entry: Entry) {
        waiting.withLock { waiting in
            // Written within milliseconds; a disk that hangs must not fill the memory.
            if waiting.count < 1000 { waiting.append(entry) }
        }
        signal.yield()
    }

    /// Takes a sample of now, one in ten seconds.
    func note(_ versions: [String: Int], isPartial: Bool) async {
        await store.record(
            HistorySample(time: MonotonicTime.wallClockMilliseconds, versions: versions, isPartial: isPartial), at: MonotonicTime.now)
    }

    /// Writes until its task is cancelled.
    func run() async {
        for await _ in signals { await write() }
    }

    private func write() async {
        let entries = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for entry in entries {
            let (now, wallClock) = (MonotonicTime.now, MonotonicTime.wallClockMilliseconds)
            switch entry {
            case .release(let release): await store.record(release, at: now)
            case .told(let count, let version): await store.record(told: count, of: version, at: now, wallClock: wallClock)
            case .act(let act): await store.record(ActRecord(act), at: now, wallClock: wallClock)
            case .toldAct(let count, let number):
                await store.record(told: count, ofAnnouncement: number, at: now, wallClock: wallClock)
            case .note(let name, let text): await store.remember(name, text, at: now, wallClock: wallClock)
            }
        }
    }

    /// Writes what is left, and lets go of the file.
    func close() async {
        await write()
        await store.close(at: MonotonicTime.now, wallClock: MonotonicTime.wallClockMilliseconds)
    }

    // MARK: Reading

    /// Samples of a span; nil while nothing is on disk.
    func samples(from start: Int64, to end: Int64, step: Int64) async -> [HistorySample]? {
        await store.samples(from: start, to: end, step: step, now: MonotonicTime.wallClockMilliseconds)
    }

    /// The releases of a span, oldest first; nil while nothing is on disk.
    func releases(from start: Int64, to end: Int64) async -> [ReleaseRecord]? { await store.releases(from: start, to: end, most: 1000) }

    /// What else was done in a span, oldest first; nil while nothing is on disk.
    func acts(from start: Int64, to end: Int64) async -> [Act]? {
        await store.acts(from: start, to: end, most: 1000)?.compactMap { Act($0) }
    }
}

extension ActRecord {
    fileprivate init(_ act: Act) {
        self.init(
            time: act.at, number: act.number, kind: act.kind.rawValue, version: act.version, by: act.by, told: act.told,
            matching: act.matching, rate: act.rate, target: act.target)
    }
}

extension Act {
    /// nil for one of a kind that a later version keeps.
    fileprivate init?(_ record: ActRecord) {
        guard let kind = Kind(rawValue: record.kind) else { return nil }
        self.init(
            kind, number: record.number, at: record.time, version: record.version, by: record.by, told: record.told,
            matching: record.matching, rate: record.rate, target: record.target)
    }
}
