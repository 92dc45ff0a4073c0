internal import CBuildInfo
internal import Cryptography
internal import HTTPCall
internal import WebSocketLoop

/// Which program this is: one version for `--version`, the start line, metrics, the image and the packages.
package enum BuildInfo {
    /// By Semantic Versioning. The release script looks for a section of this name in CHANGELOG.md.
    package static let version = "0.2.0"

    /// The revision of the source, where the build was told it: `Docker/release.sh` and the image do so.
    package static let revision = unsafe String(cString: skewwatch_build_revision())

    /// When it was built, where the build was told it.
    package static let date = unsafe String(cString: skewwatch_build_date())

    /// The libraries that are in use, as they name their versions: those of the system, which may be newer than at the build.
    package static let libraries: [(name: String, version: String)] = [
        ("libwebsockets", LibraryVersions.libwebsockets), ("libuv", LibraryVersions.libuv),
        ("libcrypto", LibraryVersion.libcrypto), ("libcurl", HTTPCaller.libraryVersion),
    ]

    /// The version, with revision and date where they are known: `0.2.0 (revision 1a2b3c4, built 2026-11-29)`.
    package static let description: String = {
        let facts = [("revision", revision), ("built", date)].filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }
        return facts.isEmpty ? version : "\(version) (\(facts.joined(separator: ", ")))"
    }()

    /// For the metric `skewwatch_build_info`.
    static let labels: [(name: String, value: String)] =
        [("version", version), ("revision", revision), ("built", date)] + libraries.map { ($0.name, $0.version) }
}
