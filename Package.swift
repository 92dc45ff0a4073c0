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
        // Asks the team's app who may watch: verifies TLS, never blocks a loop, and Debian keeps it patched; a Swift client builds for minutes.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "HTTPCall", dependencies: ["CLibcurl"], swiftSettings: settings),
        .target(name: "WebSocketLoop", dependencies: ["CLibwebsockets", "CLibuv"], swiftSettings: settings),
        .target(name: "Presence", swiftSettings: settings),
        .target(name: "SkewProtocol", dependencies: ["Presence"], swiftSettings: settings),
        .target(
            name: "SkewWatch",
            dependencies: [
                "HTTPCall", "Presence", "SkewProtocol", "WebSocketLoop",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "SkewWatchCommand",
            dependencies: [
                "SkewWatch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        // For tests only: standard WebSocket suites judge the loop by itself through it.
        .executableTarget(
            name: "WebSocketLoopEcho", dependencies: ["WebSocketLoop"], path: "Tests/WebSocketLoopEcho", swiftSettings: settings),
        .testTarget(name: "WebSocketLoopTests", dependencies: ["WebSocketLoop", "WebSocketLoopEcho"], swiftSettings: settings),
        .testTarget(name: "PresenceTests", dependencies: ["Presence"], swiftSettings: settings),
        .testTarget(name: "SkewProtocolTests", dependencies: ["SkewProtocol", "Presence"], swiftSettings: settings),
        .testTarget(
            name: "SkewWatchTests",
            dependencies: ["HTTPCall", "Presence", "SkewProtocol", "SkewWatch", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .testTarget(name: "SkewWatchCommandTests", dependencies: ["SkewWatchCommand"], swiftSettings: settings),
    ]
)
