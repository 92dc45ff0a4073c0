import Foundation
import Testing

@Suite struct EmbeddingArticleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

    /// With `SKEWWATCH_README=write` the program is written into the article instead.
    @Test func `the article on embedding shows the example as it is built`() throws {
        let example = try String(contentsOf: Self.root.appending(path: "Docker/examples/embedding/EmbeddingExample.swift"), encoding: .utf8)
        let article = Self.root.appending(path: "Sources/SkewWatch/SkewWatch.docc/Embedding.md")
        let text = try String(contentsOf: article, encoding: .utf8)
        let start = try #require(text.range(of: "```swift\n"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        if ProcessInfo.processInfo.environment["SKEWWATCH_README"] == "write" {
            try text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: example).write(
                to: article, atomically: true, encoding: .utf8)
            return
        }
        let isCurrent = text[start.upperBound..<end.lowerBound] == example
        #expect(isCurrent, "write it anew: SKEWWATCH_README=write swift test --filter EmbeddingArticleTests")
    }
}
