import Foundation
import HTTPCall
import TestSockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct UntrustedCertificateTests {
    @Test func `an app with a certificate that nobody vouches for is not asked, and is where its authority is named`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.appendingPathComponent("key.pem").path, folder.appendingPathComponent("cert.pem").path)
        let made = try await Child.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate,
                "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            ])
        #expect(made.status == 0, "\(made.errors)")
        let server = try Child(
            URL(fileURLWithPath: "/usr/bin/openssl"),
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-naccept", "2", "-www"])
        var port: Substring?
        while port == nil { port = try await server.line().firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)/)?.1 }
        let request = HTTPRequest(url: "https://127.0.0.1:\(try #require(port))/", body: Array("{}".utf8))
        await #expect(throws: HTTPFault.notTrusted) { try await HTTPCaller().call(request) }
        let page = HTTPRequest(url: request.url)
        #expect(try await HTTPCaller(caFile: certificate).call(page).status == 200)
    }
}
