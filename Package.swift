// swift-tools-version: 6.3
import PackageDescription

// CI turns every warning of our own targets into an error; a newer compiler's new warning must not break a user's build.
let strict = Context.environment["SKEWWATCH_STRICT"] != nil

let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

// Which build this is: the release script and the image say so, every other build does not.
func told(_ name: String) -> String {
    "\"\((Context.environment[name] ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-:.+".contains($0)) })\""
}

// Built only when asked for, so that tests and servers do not wait for them: SKEWWATCH_BENCHMARKS=1 swift run -c release Benchmarks
let benchmarks: [Target] =
    Context.environment["SKEWWATCH_BENCHMARKS"] == nil
    ? []
    : [
        .target(name: "CAllocationCount", path: "Tests/Benchmarks/CAllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CAllocationCount", "Presence", "SkewProtocol", "SkewWatch", "TestSockets", "WebSocketLoop",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Benchmarks", exclude: ["CAllocationCount"], swiftSettings: settings),
    ]

let package = Package(
    name: "skewwatch",
    products: [
        .executable(name: "skewwatch", targets: ["SkewWatchCommand"]),
        .library(name: "SkewWatch", targets: ["SkewWatch"]),
    ],
    dependencies: [
        // Subcommands, usage errors and help pages as every Swift command has them.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Programs that embed the library choose where its log lines go.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The WebSocket and HTTP/1.1 server this project stands on.
        .systemLibrary(name: "CLibwebsockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
        // The event loop under libwebsockets: its poll() loop is O(all sockets) per wake-up.
        .systemLibrary(name: "CLibuv", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
        // Asks the team's app who may watch: with verified TLS, and kept up to date by Debian; async-http-client builds for 348 s.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "HTTPCall", dependencies: ["CLibcurl"], swiftSettings: settings),
        // Checks the signatures of tokens: libwebsockets brings OpenSSL along anyway; jwt-kit builds for 279 s and brings a second one.
        .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Cryptography", dependencies: ["CLibcrypto"], swiftSettings: settings),
        // What is the kernel's and Swift's Glibc module leaves out: accept4, TCP_INFO, epoll.
        .systemLibrary(name: "CLinux"),
        // TLS of the public port: libwebsockets brings it along anyway, but hides what comes out of it.
        .systemLibrary(name: "CLibssl", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "WebSocketLoop", dependencies: ["CLibssl", "CLibwebsockets", "CLibuv", "CLinux"], swiftSettings: settings),
        .target(name: "Presence", swiftSettings: settings),
        .target(name: "SkewProtocol", dependencies: ["Presence"], swiftSettings: settings),
        // The history on disk, where the team wants one: a library that Debian keeps up to date, instead of one built for minutes.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "HistoryStore", dependencies: ["CSQLite"], swiftSettings: settings),
        // What nodes tell each other, and Redis as the wire: libcurl brings TLS, and resolves names without blocking for ever.
        .target(name: "SkewCluster", dependencies: ["CLibcurl", "Cryptography", "Presence"], swiftSettings: settings),
        // Revision and date of the build, which nothing in the source can know.
        .target(
            name: "CBuildInfo",
            cSettings: [
                .define("SKEWWATCH_REVISION", to: told("SKEWWATCH_REVISION")),
                .define("SKEWWATCH_BUILD_DATE", to: told("SKEWWATCH_BUILD_DATE")),
            ]),
        .target(
            name: "SkewWatch",
            dependencies: [
                "CBuildInfo", "HTTPCall", "HistoryStore", "Presence", "Cryptography", "SkewCluster", "SkewProtocol", "WebSocketLoop",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Web/Assets"], swiftSettings: settings, plugins: ["PackedAssets"]),
        // What browsers load lies in the binary, compressed as well: that needs a shell.
        .plugin(name: "PackedAssets", capability: .buildTool(), dependencies: ["AssetCompressor"], path: "Sources/PackedAssets"),
        // Compresses it while the package is built: the page is a fifth smaller than with gzip; the program itself is not linked with it.
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc", providers: [.apt(["libbrotli-dev"])]),
        .executableTarget(name: "AssetCompressor", dependencies: ["CBrotli"], swiftSettings: settings),
        .executableTarget(
            name: "SkewWatchCommand",
            dependencies: [
                "HTTPCall", "Presence", "SkewProtocol", "SkewWatch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // Shows how a program of one's own serves; built with everything else, so it cannot rot.
        .executableTarget(
            name: "EmbeddingExample", dependencies: ["SkewWatch", .product(name: "Logging", package: "swift-log")],
            path: "Docker/examples/embedding", swiftSettings: settings),
        // For tests only: standard WebSocket suites judge the loop by itself through it.
        .executableTarget(
            name: "WebSocketLoopEcho", dependencies: ["WebSocketLoop"], path: "Tests/Swift/WebSocketLoopEcho", swiftSettings: settings),
        // For tests only: a client that can send anything, rules broken included.
        .target(name: "TestSockets", path: "Tests/Swift/Support/Sockets", swiftSettings: settings),
        // How a test ends early.
        .target(name: "TestFailing", path: "Tests/Swift/Support/Failing", swiftSettings: settings),
        // Random tests draw from one generator, by seeds that a failure names.
        .target(name: "TestRandom", path: "Tests/Swift/Support/Random", swiftSettings: settings),
        // A whole server in the test's own process.
        .target(
            name: "TestServer", dependencies: ["SkewCluster", "SkewWatch", "TestSockets", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Swift/Support/Server", swiftSettings: settings),
        .testTarget(
            name: "WebSocketLoopTests", dependencies: ["WebSocketLoop", "WebSocketLoopEcho", "TestFailing", "TestRandom", "TestSockets"],
            path: "Tests/Swift/WebSocketLoopTests", swiftSettings: settings),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "SkewCluster", "SkewWatch", "SkewWatchCommand", "TestRandom", "TestServer", "TestSockets",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Swift/ServerTests", swiftSettings: settings),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography"], path: "Tests/Swift/CryptographyTests", swiftSettings: settings),
        .testTarget(
            name: "HistoryStoreTests", dependencies: ["HistoryStore", "TestFailing"], path: "Tests/Swift/HistoryStoreTests",
            exclude: ["schema-1.sqlite"], swiftSettings: settings),
        // A Redis of a test's own.
        .target(name: "TestRedis", dependencies: ["TestSockets"], path: "Tests/Swift/Support/Redis", swiftSettings: settings),
        .testTarget(
            name: "SkewClusterTests", dependencies: ["Presence", "SkewCluster", "TestRandom", "TestRedis", "TestSockets"],
            path: "Tests/Swift/SkewClusterTests",
            swiftSettings: settings),
        .testTarget(
            name: "PresenceTests", dependencies: ["Presence", "TestRandom"], path: "Tests/Swift/PresenceTests", swiftSettings: settings),
        .testTarget(
            name: "SkewProtocolTests", dependencies: ["SkewProtocol", "Presence", "TestRandom"],
            path: "Tests/Swift/SkewProtocolTests", swiftSettings: settings),
        .testTarget(
            name: "SkewWatchTests",
            dependencies: [
                "Cryptography", "HTTPCall", "HistoryStore", "Presence", "SkewCluster", "SkewProtocol", "SkewWatch", "TestFailing",
                "TestRandom", "TestServer", "TestSockets",
                "WebSocketLoop", .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Swift/SkewWatchTests",
            swiftSettings: settings),
        .testTarget(
            name: "SkewWatchCommandTests",
            dependencies: ["HTTPCall", "Presence", "SkewProtocol", "SkewWatchCommand", "TestFailing", "TestRandom", "TestSockets"],
            path: "Tests/Swift/SkewWatchCommandTests",
            swiftSettings: settings),
    ] + benchmarks
)
