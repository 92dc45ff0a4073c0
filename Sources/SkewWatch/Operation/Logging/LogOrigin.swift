internal import Glibc

/// Which process wrote a line, for logs of many: only machines read it.
struct LogOrigin: Sendable {
    var service: String
    var version: String
    var process: Int

    static let this = LogOrigin(service: "skewwatch", version: BuildInfo.version, process: Int(getpid()))
}
