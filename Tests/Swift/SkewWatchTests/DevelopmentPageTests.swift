import Foundation
import Testing

struct DevelopmentPageTests {
    @Test func `every file that the map of the code names is there, and no way takes more than a dozen`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let page = try String(contentsOf: root.appending(path: "Docker/docs/development.md"), encoding: .utf8)
        let files = try #require(FileManager.default.enumerator(at: root.appending(path: "Sources"), includingPropertiesForKeys: nil))
        var known: Set<String> = []
        for case let file as URL in files { known.insert(file.lastPathComponent) }
        let ways = page.split(separator: "\n\n").filter { $0.hasPrefix("**") }
        #expect(ways.count == 4)
        for way in ways {
            let named = Set(way.matches(of: /`(?:[A-Za-z]+\/)*([A-Za-z+]+\.swift)`/).map { String($0.1) })
            #expect((6...12).contains(named.count), "\(named.count) in \(way.prefix(40))")
        }
        for match in page.matches(of: /`(?:[A-Za-z]+\/)*([A-Za-z+]+\.swift)`/) { #expect(known.contains(String(match.1)), "\(match.1)") }
    }
}
