import Foundation
import TestServer
import Testing

@testable import SkewWatch

/// What `check`, `serve` and `run()` find out about files before anything listens.
@Suite struct ConfigurationCertificateTests {
    /// Certificates and keys, made once by openssl.
    private static let files: [String: String] = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skewwatch-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func openssl(_ arguments: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = arguments.split(separator: " ").map { $0.hasSuffix(".pem") ? "\(folder.path)/\($0)" : String($0) }
            process.standardError = FileHandle.nullDevice
            try? process.run()
            process.waitUntilExit()
        }
        openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout a-key.pem -out a.pem -days 2 -subj /CN=a")
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout b-key.pem -out b.pem -days 2 -subj /CN=b")
        openssl("ec -in a-key.pem -aes128 -passout pass:hunter2 -out locked-key.pem")
        var files: [String: String] = [:]
        for name in ["a.pem", "a-key.pem", "b.pem", "b-key.pem", "locked-key.pem"] {
            files[name] = try? String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
        }
        files["text.pem"] = "no certificate\n"
        files["torn.pem"] = files["a.pem"].map { String($0.dropLast(200)) }
        return files
    }()

    @Test(arguments: [("a.pem", "a-key.pem"), ("b.pem", "b-key.pem")])
    func `a certificate and its key are fine`(certificate: String, key: String) throws {
        #expect(try load(["--tls-cert", certificate, "--tls-key", key], files: Self.files).warnings.isEmpty)
    }

    @Test(arguments: [
        ("text.pem", "a-key.pem", "--tls-cert names \"text.pem\", which cannot be used: it holds no certificate in PEM."),
        ("torn.pem", "a-key.pem", "--tls-cert names \"torn.pem\", which cannot be used: it holds no certificate in PEM."),
        ("a-key.pem", "a.pem", "--tls-cert names \"a-key.pem\", which cannot be used: it holds no certificate in PEM."),
        ("a.pem", "text.pem", "--tls-key names \"text.pem\", which cannot be used: it holds no private key in PEM."),
        ("a.pem", "a.pem", "--tls-key names \"a.pem\", which cannot be used: it holds no private key in PEM."),
        ("a.pem", "b-key.pem", "--tls-key names \"b-key.pem\", which cannot be used: it is not the key of the certificate."),
        (
            "a.pem", "locked-key.pem",
            "--tls-key names \"locked-key.pem\", which cannot be used: its key needs a passphrase, which nobody can type."
        ),
        ("a.pem", "none.pem", "--tls-key names \"none.pem\", which cannot be read: No such file or directory."),
    ])
    func `a certificate that cannot serve is one sentence`(certificate: String, key: String, expected: String) {
        #expect(sentence(["--tls-cert", certificate, "--tls-key", key], files: Self.files) == expected)
    }

    @Test func `the sentence names the variable where the file was named`() {
        let environment = ["SKEWWATCH_TLS_CERT": "a.pem", "SKEWWATCH_TLS_KEY": "b-key.pem"]
        #expect(sentence(environment: environment, files: Self.files).hasPrefix("SKEWWATCH_TLS_KEY names \"b-key.pem\""))
    }

    @Test(arguments: [(-3, "is not valid yet, by the clock of this machine."), (3, "has expired: browsers refuse it.")])
    func `a certificate out of its time is a warning`(days: Int, end: String) throws {
        var configuration = try load(["--tls-cert=a.pem", "--tls-key=a-key.pem"], files: Self.files)
        let now = Int(MonotonicTime.wallClockMilliseconds / 1000)
        try configuration.inspectFiles(at: now + days * 86_400) { path throws(FileReadingError) in Array((Self.files[path] ?? "").utf8) }
        #expect(configuration.warnings == ["The certificate in \"a.pem\" \(end)"])
    }

    @Test(arguments: ["", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#])
    func `a file without a usable public key is one sentence`(contents: String) {
        #expect(
            sentence(["--jwt-jwks=k.json"], files: ["k.json": contents])
                == "--jwt-jwks names \"k.json\", which cannot be used: it holds no key set with a usable key.")
    }

    @Test func `a server that a program makes looks at the same`() async throws {
        var configuration = Configuration()
        (configuration.port, configuration.internalPort) = (0, nil)
        (configuration.tlsCertificate, configuration.tlsKey) = ("/nowhere.pem", "/nowhere.pem")
        let missing = try #require(await errorOfRunning(configuration))
        #expect(missing.sentence == "--tls-cert names \"/nowhere.pem\", which cannot be read: No such file or directory.")
        configuration.loops = -1
        let wrong = try #require(await errorOfRunning(configuration))
        #expect(wrong.sentence == "--loops must be a whole number from 1 to 64, not \"-1\"." && wrong.needsOtherSettings)
    }

    private func errorOfRunning(_ configuration: Configuration) async -> ServeError? {
        do {
            try await SkewWatchServer(configuration: configuration, logger: LogLines().logger).run()
            return nil
        } catch {
            return error
        }
    }
}
