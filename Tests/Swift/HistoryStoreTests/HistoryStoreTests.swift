import Foundation
import TestFailing
import Testing

@testable import HistoryStore

/// The history on a real disk, whatever happens to that.
@Suite struct HistoryStoreTests {
    /// A folder of its own for each test, and what the store said.
    private final class Place: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID().uuidString)").path
        let (notices, sink) = AsyncStream<HistoryStore.Notice>.makeStream()

        func store(days: Int = 90) -> HistoryStore { HistoryStore(folder: folder, days: days) { [sink] in sink.yield($0) } }

        /// Everything that was said so far.
        func said() async -> [HistoryStore.Notice] {
            sink.finish()
            return await notices.reduce(into: []) { $0.append($1) }
        }

        var file: String { folder + "/history.sqlite" }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static let start: Int64 = 1_700_000_000_000

    private func sample(_ second: Int, _ versions: [String: Int]) -> HistorySample {
        HistorySample(time: Self.start + Int64(second) * 1000, versions: versions)
    }

    private func fill(_ store: HistoryStore, _ seconds: some Sequence<Int>) async {
        for second in seconds { await store.record(sample(second, ["a": second]), at: .seconds(second)) }
    }

    private func all(_ store: HistoryStore, step: Int64 = 1, now second: Int) async throws -> [HistorySample] {
        let now = Self.start + Int64(second) * 1000
        return try #require(await store.samples(from: Self.start, to: now, step: step, now: now))
    }

    @Test func `what one process wrote another one reads`() async throws {
        let place = Place()
        let first = place.store()
        await first.open(at: .zero)
        await first.record(HistorySample(time: Self.start, versions: ["build-41": 3, "é ": 1], isPartial: true), at: .zero)
        await first.record(ReleaseRecord(time: Self.start + 5, version: "build-42", origin: .announced, by: "ci"), at: .zero)
        for count in [6, 7, 5] { await first.record(told: count, of: "build-42", at: .zero, wallClock: Self.start) }
        await first.remember("configured", "build-41", at: .zero, wallClock: Self.start)
        await first.close(at: .zero, wallClock: Self.start)
        let second = place.store()
        await second.open(at: .zero)
        #expect(await second.isOnDisk)
        #expect(try await all(second, now: 1) == [HistorySample(time: Self.start, versions: ["build-41": 3, "é ": 1], isPartial: true)])
        let releases = await second.releases()
        #expect(releases == [ReleaseRecord(id: 1, time: Self.start + 5, version: "build-42", origin: .announced, by: "ci", told: 7)])
        #expect(await second.note("configured") == "build-41")
        #expect(await second.note("nothing") == nil)
        #expect(await place.said() == [])
    }

    @Test func `a process that is killed loses nothing that was recorded before`() async throws {
        let place = Place()
        let first = place.store()
        await first.open(at: .zero)
        await fill(first, stride(from: 0, through: 100, by: 10))
        // Neither closed nor flushed: the file as a killed process leaves it.
        let copy = Place()
        try FileManager.default.copyItem(atPath: place.folder, toPath: copy.folder)
        let second = copy.store()
        await second.open(at: .zero)
        #expect(try await all(second, now: 100).count == 11)
    }

    @Test func `samples grow sparse with age, and none is older than asked for`() async throws {
        let place = Place()
        let store = place.store(days: 3)
        await store.open(at: .zero)
        let days = 4 * 86_400
        // Steps of a minute do, and are quicker to write than all of ten seconds.
        for second in stride(from: 0, to: days - 3600, by: 600) { await store.record(sample(second, ["a": 1]), at: .seconds(second)) }
        await fill(store, stride(from: days - 3600, through: days, by: 10))
        let samples = try await all(store, now: days)
        let oldest = try #require(samples.first)
        #expect(oldest.time >= Self.start + Int64(days - 3 * 86_400 - 600) * 1000)
        let now = Self.start + Int64(days) * 1000
        let lastHour = try #require(await store.samples(from: now - 3_590_000, to: now, step: 1, now: now))
        #expect(lastHour.count == 360)
        let thinned = try #require(await store.samples(from: now - 3_590_000, to: now, step: 600_000, now: now))
        #expect((6...7).contains(thinned.count) && thinned.last == lastHour.last)
    }

    @Test func `a wall clock that jumps moves time stamps and nothing else`() async throws {
        let place = Place()
        let store = place.store(days: 1)
        await store.open(at: .zero)
        for second in stride(from: 0, to: 4000, by: 10) {
            // A year ahead from the middle on, then back again.
            let jump: Int64 = (1000..<2000).contains(second) ? 31_536_000_000 : 0
            let sample = HistorySample(time: Self.start + Int64(second) * 1000 + jump, versions: ["a": 1])
            await store.record(sample, at: .seconds(second))
        }
        await store.close(at: .zero, wallClock: Self.start)
        let file = try HistoryFile(folder: place.folder, levels: HistoryLevels(days: 1).levels)
        let kept = try file.samples(from: .min, to: .max, level: 0)
        #expect(kept.count <= 360 + 1440 + 144 && kept.count >= 300)
    }

    @Test func `of very many versions the largest are kept by name, the rest in one number`() async throws {
        let place = Place()
        let store = place.store()
        await store.open(at: .zero)
        var versions = Dictionary(uniqueKeysWithValues: (1...300).map { ("v\($0)", $0) })
        versions["(other)"] = 5
        await store.record(sample(0, versions), at: .zero)
        let kept = try #require(try await all(store, now: 1).first)
        #expect(kept.versions.count == 51 && kept.versions["v300"] == 300 && kept.versions["v1"] == nil)
        #expect(kept.total == versions.values.reduce(0, +))
    }

    @Test func `two processes do not write one history`() async {
        let place = Place()
        let (first, second) = (place.store(), place.store())
        await first.open(at: .zero)
        await second.open(at: .zero)
        await fill(second, [0])
        #expect(await !second.isOnDisk)
        #expect(await second.samples(from: 0, to: .max, step: 1, now: 0) == nil)
        await first.close(at: .zero, wallClock: Self.start)
        #expect(await place.said() == [.lost(.inUse(place.folder))], "once, not once per sample")
    }

    @Test func `a damaged file is kept aside and a new one begun`() async throws {
        for garbage in [Data("not a database, but long enough to be looked at".utf8), Data(repeating: 0xFF, count: 8192)] {
            let place = Place()
            try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
            try garbage.write(to: URL(filePath: place.file))
            let store = place.store()
            await store.open(at: .zero)
            await fill(store, [0])
            #expect(try await all(store, now: 1).count == 1)
            #expect(try Data(contentsOf: URL(filePath: place.file + ".damaged-1")) == garbage)
            let said = await place.said()
            guard case .keptAside(let file, _)? = said.first, said.count == 1 else { throw Unexpected(said) }
            #expect(file == place.file + ".damaged-1")
        }
    }

    @Test func `acts are kept with all that is known of them, and how many were told`() async throws {
        let place = Place()
        let first = place.store()
        await first.open(at: .zero)
        let whole = ActRecord(
            time: Self.start, number: 7, kind: "announced", version: "é", by: "ann", told: 1, matching: 2, rate: 3, target: "10 % of a")
        let bare = ActRecord(time: Self.start + 1, number: 7, kind: "stopped", version: "b")
        for act in [whole, bare, whole] { await first.record(act, at: .zero, wallClock: Self.start) }
        await first.record(told: 40, ofAnnouncement: 7, at: .zero, wallClock: Self.start)
        await first.record(told: 39, ofAnnouncement: 7, at: .zero, wallClock: Self.start)
        await first.record(told: 50, ofAnnouncement: 8, at: .zero, wallClock: Self.start)
        await first.record(
            ReleaseRecord(time: Self.start, version: "r", origin: .announced, target: "the tabs on /a"), at: .zero)
        await first.close(at: .zero, wallClock: Self.start)
        let second = place.store()
        await second.open(at: .zero)
        var told = whole
        told.told = 40
        #expect(await second.acts() == [whole, bare, told], "the newest of a number")
        #expect(await second.acts(from: Self.start + 1) == [bare])
        #expect(await second.acts(most: 1) == [told])
        #expect(await second.releases()?.map(\.target) == ["the tabs on /a"])
    }

    @Test func `no more than a thousand acts are kept`() async throws {
        let place = Place()
        let store = place.store()
        await store.open(at: .zero)
        for number in 1...1100 {
            let act = ActRecord(time: Self.start, number: number, kind: "stopped", version: "a")
            await store.record(act, at: .zero, wallClock: Self.start)
        }
        let kept = try #require(await store.acts(most: 5000))
        #expect(kept.count == HistoryFile.maxActs && kept.first?.number == 101 && kept.last?.number == 1100)
    }

    /// The file of a server before acts were kept, which announced build-41 and build-42.
    @Test func `a file of schema 1 goes on with all that is in it`() async throws {
        let place = Place()
        try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
        let old = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "schema-1.sqlite").path
        try FileManager.default.copyItem(atPath: old, toPath: place.file)
        #expect(try Database(file: place.file).number("PRAGMA user_version") == 1)
        for round in 1...2 {
            let store = place.store()
            await store.open(at: .zero)
            #expect(await store.isOnDisk)
            let releases = try #require(await store.releases())
            #expect(releases.map(\.version) == ["build-40", "build-41", "build-42"] && releases.allSatisfy { $0.target == nil })
            #expect(releases.map(\.origin) == [.setting, .announced, .announced] && releases.last?.by == "admin-token")
            #expect(await store.note("release-setting") == "build-40")
            #expect(await store.samples(from: 0, to: .max, step: 1, now: 0)?.count == 2)
            #expect(await store.acts()?.count == round - 1)
            await store.record(ActRecord(time: Self.start, number: 1, kind: "stopped", version: "a"), at: .zero, wallClock: Self.start)
            await store.close(at: .zero, wallClock: Self.start)
        }
        #expect(try Database(file: place.file).number("PRAGMA user_version") == Int64(HistoryFile.schema))
        #expect(await place.said() == [])
    }

    /// Half of a migration would be a file that no version reads.
    @Test func `a file that can't be brought to this schema stays as it was`() async throws {
        let place = Place()
        try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: true)
        let old = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "schema-1.sqlite").path
        try FileManager.default.copyItem(atPath: old, toPath: place.file)
        // What comes second fails.
        try Database(file: place.file).execute("CREATE TABLE act (x INTEGER) STRICT")
        let store = place.store()
        await store.open(at: .zero)
        #expect(await !store.isOnDisk)
        let file = try Database(file: place.file)
        #expect(try file.number("PRAGMA user_version") == 1)
        #expect(try file.number("SELECT count(*) FROM pragma_table_info('release') WHERE name = 'target'") == 0)
    }

    @Test func `a history of a later version is left as it is`() async throws {
        let place = Place()
        let first = place.store()
        await first.open(at: .zero)
        await first.close(at: .zero, wallClock: Self.start)
        try Database(file: place.file).execute("PRAGMA user_version = 9")
        let second = place.store()
        await second.open(at: .zero)
        await fill(second, [0])
        #expect(await place.said() == [.lost(.newerSchema(place.folder, found: 9))])
        #expect(try Database(file: place.file).number("SELECT count(*) FROM sample") == 0)
    }

    @Test func `a folder that can't be made is one sentence, and is tried again`() async throws {
        let place = Place()
        try Data().write(to: URL(filePath: place.folder))
        let store = place.store()
        await store.open(at: .zero)
        await fill(store, [10, 20, 30])
        try FileManager.default.removeItem(atPath: place.folder)
        await fill(store, [40, 50])
        #expect(await !store.isOnDisk, "not yet tried again")
        await fill(store, [60])
        #expect(try await all(store, now: 100).count == 6, "nothing is lost meanwhile")
        let said = await place.said()
        #expect(said.count == 2 && said.last == .restored(leftOut: 0))
    }

    @Test func `a full disk loses the oldest samples first, and no release`() async throws {
        let place = Place()
        let store = place.store()
        await store.open(at: .zero)
        await fill(store, [0])
        // The file may grow no further: what a full disk looks like to SQLite.
        try await store.limit(pages: 1)
        await store.record(
            ReleaseRecord(time: Self.start, version: String(repeating: "x", count: 5000), origin: .announced), at: .seconds(1))
        await fill(store, stride(from: 10, through: 5000, by: 10))
        #expect(await !store.isOnDisk)
        try await store.limit(pages: 100_000)
        await fill(store, [5100])
        #expect(await store.releases()?.count == 1)
        #expect(try await all(store, now: 5100).last?.versions == ["a": 5100])
        let said = await place.said()
        guard case .restored(let leftOut)? = said.last else { throw Unexpected(said) }
        #expect(said == [.lost(.diskFull(place.folder)), .restored(leftOut: leftOut)] && leftOut > 0)
    }

    @Test(arguments: 1...50) func `whatever lies in a blob, reading it does not trap`(seed: UInt64) {
        var state = seed
        let bytes = (0..<200).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for end in bytes.indices { _ = HistorySample.versions(from: Array(bytes[..<end])) }
    }
}

extension HistoryStore {
    fileprivate func limit(pages: Int) throws { try file?.limit(pages: pages) }
}
