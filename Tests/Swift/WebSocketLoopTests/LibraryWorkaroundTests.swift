import Foundation
import Testing

@testable import WebSocketLoop

struct LibraryWorkaroundTests {
    @Test func `every workaround names a test that there is`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var tests = ""
        for case let file as URL in files where file.pathExtension == "swift" { tests += try String(contentsOf: file, encoding: .utf8) }
        #expect(!LibraryWorkaround.all.isEmpty)
        for workaround in LibraryWorkaround.all {
            #expect(tests.contains("func `\(workaround.test)`"), "\(workaround.place)")
        }
    }

    @Test func `one is needed up to its last version, and by all where none is known that does without`() {
        #expect(LibraryWorkaround.eventPipe.isNeeded(by: LibraryVersion("4.1.6")))
        #expect(!LibraryWorkaround.eventPipe.isNeeded(by: LibraryVersion("4.3.5")))
        #expect(!LibraryWorkaround.eventPipe.isNeeded(by: LibraryVersion("5.0")))
        for workaround in LibraryWorkaround.all where workaround.lastNeeded == nil {
            #expect(workaround.isNeeded(by: LibraryVersion("9.0.0")), "\(workaround.place)")
        }
    }
}
