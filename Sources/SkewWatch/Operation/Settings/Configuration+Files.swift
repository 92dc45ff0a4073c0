internal import Cryptography
internal import WebSocketLoop

extension Configuration {
    /// Reads the files that serving needs and looks at what is in them: certificate and key, and public keys of JWTs. What does not
    /// stop the start is among the ``warnings`` then.
    ///
    /// Blocks while it reads.
    /// - Parameter moment: seconds since 1970.
    package mutating func inspectFiles(
        at moment: Int = Int(MonotonicTime.wallClockMilliseconds / 1000),
        _ readFile: (_ path: String) throws(FileReadingError) -> [UInt8] = FileContents.read
    ) throws(ConfigurationError) {
        warningsOfFiles = []
        try inspectCertificate(at: moment, readFile)
        try inspectKeySet(readFile)
        try inspectAuthorities(readFile)
    }

    /// Why the Unix socket could not be made; nil where it could, or none is wanted. A server that listens there is no reason: it may be the
    /// one that is to be restarted.
    package func faultOfSocket() -> String? { unixSocket.flatMap { SocketFile.fault(at: $0)?.sentence } }

    private func inspectAuthorities(_ readFile: (String) throws(FileReadingError) -> [UInt8]) throws(ConfigurationError) {
        for (name, path) in [("ca-file", caFile), ("redis-ca", redisCA)] {
            guard let path else { continue }
            let bytes = try contents(of: path, for: name, readFile)
            guard bytes.firstRange(of: Array("-----BEGIN CERTIFICATE-----".utf8)) != nil else {
                throw .unusableFile(source(of: name), path: path, reason: "it holds no certificate in PEM")
            }
        }
    }

    private mutating func inspectCertificate(
        at moment: Int, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) {
        guard let tlsCertificate, let tlsKey else { return }
        let certificate = try contents(of: tlsCertificate, for: "tls-cert", readFile)
        let key = try contents(of: tlsKey, for: "tls-key", readFile)
        switch try pair(certificate, key, at: moment).validity {
        case .now: break
        case .notYet: warningsOfFiles.append("The certificate in \(tlsCertificate.quoted) is not valid yet, by the clock of this machine.")
        case .noLonger: warningsOfFiles.append("The certificate in \(tlsCertificate.quoted) has expired: browsers refuse it.")
        }
    }

    private func pair(_ certificate: [UInt8], _ key: [UInt8], at moment: Int) throws(ConfigurationError) -> CertificatePair {
        do {
            return try CertificatePair(certificate: certificate, key: key, at: moment)
        } catch {
            let name = error == .noCertificate ? "tls-cert" : "tls-key"
            let path = error == .noCertificate ? tlsCertificate : tlsKey
            throw .unusableFile(source(of: name), path: path ?? "", reason: error.reason)
        }
    }

    private func inspectKeySet(_ readFile: (String) throws(FileReadingError) -> [UInt8]) throws(ConfigurationError) {
        guard let jwtJWKS, !jwtJWKS.contains("://") else { return }
        let bytes = try contents(of: jwtJWKS, for: "jwt-jwks", readFile)
        guard TokenKeys(keySet: bytes) != nil else {
            throw .unusableFile(source(of: "jwt-jwks"), path: jwtJWKS, reason: "it holds no key set with a usable key")
        }
    }

    private func contents(
        of path: String, for setting: String, _ readFile: (String) throws(FileReadingError) -> [UInt8]
    ) throws(ConfigurationError) -> [UInt8] {
        do {
            return try readFile(path)
        } catch {
            throw .unreadableFile(source(of: setting), path: path, reason: error.reason)
        }
    }

    /// Where the setting was given; its flag where a program set it.
    func source(of setting: String) -> SettingSource { sources[setting] ?? .flag("--\(setting)") }
}
