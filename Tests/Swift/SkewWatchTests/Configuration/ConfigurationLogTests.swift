import Logging
import Synchronization
import Testing

@testable import SkewWatch

@Suite struct ConfigurationLogTests {
    /// Collects what a handler writes, one element for each write.
    private final class Sink: Sendable {
        let writes = Mutex<[String]>([])

        func logger(_ format: LogFormat, level: Logger.Level = .info) -> Logger {
            Logger(label: "test") { _ in
                LineLogHandler(
                    threshold: LogThreshold(level), format: format, now: { LogTime(seconds: 1_700_000_000, milliseconds: 7) },
                    write: { bytes in self.writes.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } })
            }
        }

        var lines: [String] { writes.withLock { $0 } }
    }

    @Test func `text has time, level, message and fields in the order of their names`() {
        let sink = Sink()
        sink.logger(.text).info("Listening on \"it\"", metadata: ["port": "8080", "base": "/a b", "empty": ""])
        #expect(sink.lines == ["2023-11-14T22:13:20.007Z info     Listening on \"it\" base=\"/a b\" empty=\"\" port=8080\n"])
    }

    @Test func `JSON has the same, and a field cannot take an event's own place`() {
        let sink = Sink()
        sink.logger(.json).warning("a \"b\" \\", metadata: ["level": "x", "port": "8080"])
        #expect(
            sink.lines == [
                #"{"time":"2023-11-14T22:13:20.007Z","level":"warning","message":"a \"b\" \\","level_":"x","port":"8080"}"# + "\n"
            ])
    }

    @Test func `JSON has numbers as numbers, and text that looks like one stays text`() {
        let sink = Sink()
        sink.logger(.json).info("m", metadata: ["a": .number(7), "b": .number(0.5), "c": "7", "d": .number(.nan), "e": "\(7)"])
        #expect(sink.lines[0].hasSuffix(#""message":"m","a":7,"b":0.5,"c":"7","d":"nan","e":"7"}"# + "\n"))
        sink.logger(.text).info("m", metadata: ["a": .number(7), "b": .number(0.5)])
        #expect(sink.lines[1].hasSuffix(" m a=7 b=0.5\n"))
    }

    @Test func `JSON says which process wrote it, and no field takes that place`() {
        let line = LogLine(
            time: LogTime(seconds: 0, milliseconds: 0), level: "info", message: "m",
            fields: [.init(name: "pid", value: "1"), .init(name: "version", value: "b-1")],
            origin: LogOrigin(service: "skewwatch", version: "0.2.0", process: 42))
        let expected = #""message":"m","service":"skewwatch","version":"0.2.0","pid":42,"pid_":"1","version_":"b-1"}"# + "\n"
        #expect(String(decoding: line.bytes(.json), as: UTF8.self).hasSuffix(expected))
        #expect(!String(decoding: line.bytes(.text), as: UTF8.self).contains("42"))
    }

    @Test(arguments: LogFormat.allCases)
    func `whatever a client sends stays on one line and steers no terminal`(format: LogFormat) throws {
        let sink = Sink()
        let hostile = "a\r\nb\u{0}c\u{1b}[2Jd\u{85}e\u{2028}f\u{202e}g\u{200b}h\u{7f}i\u{9b}j\u{e0001}k"
        sink.logger(format).info("\(hostile)", metadata: ["route": "\(hostile)", "\(hostile)": "x"])
        let line = try #require(sink.lines.first)
        #expect(sink.lines.count == 1)
        #expect(line.hasSuffix("\n"))
        #expect(!line.unicodeScalars.dropLast().contains { $0.isUnsafeInLine })
        #expect(line.contains(format == .json ? #"a\u000d\u000ab\u0000c\u001b[2Jd"# : #"a\r\nb\u{0}c\u{1b}[2Jd"#))
    }

    @Test(arguments: LogFormat.allCases)
    func `long values are cut between characters`(format: LogFormat) throws {
        let sink = Sink()
        sink.logger(format).info("m", metadata: ["route": "\(String(repeating: "ä", count: 5000))x"])
        let line = try #require(sink.lines.first)
        #expect(line.utf8.count < 1200)
        #expect(line.contains("ää…") && !line.contains("\u{fffd}"))
    }

    @Test func `1024 bytes are kept, and no more`() {
        let sink = Sink()
        let longest = String(repeating: "a", count: 1024)
        sink.logger(.text).info("m", metadata: ["route": "\(longest)"])
        sink.logger(.text).info("m", metadata: ["route": "\(longest)b"])
        #expect(sink.lines.map { $0.split(separator: "=").last } == ["\(longest)\n", "\(longest)…\n"])
    }

    @Test func `less severe events than the level are not written`() {
        let sink = Sink()
        let logger = sink.logger(.text, level: .warning)
        logger.info("no")
        logger.error("yes")
        #expect(sink.lines.count == 1 && sink.lines[0].contains(" error    yes"))
    }

    @Test func `the logger's own fields are written, and an event's win over them`() {
        let sink = Sink()
        var logger = sink.logger(.text)
        logger[metadataKey: "loop"] = "1"
        logger[metadataKey: "id"] = "a"
        logger.info("m", metadata: ["id": "b"])
        #expect(sink.lines[0].hasSuffix(" m id=b loop=1\n"))
    }
}
