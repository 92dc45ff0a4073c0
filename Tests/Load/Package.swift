// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who builds the server fetches what only the load generator needs.
// As in the server's Package.swift: warnings are errors in CI, not for somebody with a newer compiler.
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
    name: "skewwatch-load",
    products: [.executable(name: "skewwatch-load", targets: ["SkewWatchLoad"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Percentiles over millions of latencies in a few kilobytes. Before 1.0, so only this minor version.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", .upToNextMinor(from: "0.2.0")),
    ],
    targets: [
        // It shares no code with the server: it must not believe what the server believes.
        .systemLibrary(name: "CEpoll"),
        .executableTarget(
            name: "SkewWatchLoad",
            dependencies: [
                "CEpoll",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings),
        .testTarget(name: "SkewWatchLoadTests", dependencies: ["SkewWatchLoad"], swiftSettings: settings),
    ]
)
