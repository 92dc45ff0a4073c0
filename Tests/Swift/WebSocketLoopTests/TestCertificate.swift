import Foundation
import TestSockets
import Testing

/// A certificate of our own in a folder that goes away with it.
final class TestCertificate {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    var certificate: String { folder.appending(path: "cert.pem").path }
    var key: String { folder.appending(path: "key.pem").path }

    init() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await make(name: "localhost")
    }

    /// Puts another pair into the files.
    func make(name: String) async throws {
        let outcome = try await Child.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
                certificate, "-days", "1", "-subj", "/CN=\(name)",
            ])
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
