internal import CLibcrypto
internal import Glibc

/// Why a certificate and a private key cannot serve together: a closed set.
package enum CertificateError: Error, Sendable, Equatable, CaseIterable {
    case noCertificate
    case noKey
    case keyNeedsPassphrase
    case notAPair

    /// Words for a sentence, without a full stop.
    package var reason: String {
        switch self {
        case .noCertificate: "it holds no certificate in PEM"
        case .noKey: "it holds no private key in PEM"
        case .keyNeedsPassphrase: "its key needs a passphrase, which nobody can type"
        case .notAPair: "it is not the key of the certificate"
        }
    }
}

/// A certificate and its private key, as a server shows them: looked at before anything is served with them.
package struct CertificatePair: Sendable, Equatable {
    /// Whether the certificate can be used at the moment that was asked for.
    package enum Validity: Sendable, Equatable {
        case now, notYet, noLonger
    }

    package let validity: Validity

    /// Reads the first certificate of a chain, and the key. Any thread.
    /// - Parameter moment: seconds since 1970.
    package init(certificate: [UInt8], key: [UInt8], at moment: Int) throws(CertificateError) {
        defer { ERR_clear_error() }
        guard let certificate = unsafe Self.read(certificate, { unsafe PEM_read_bio_X509($0, nil, nil, nil) }) else {
            throw .noCertificate
        }
        defer { unsafe X509_free(certificate) }
        var isLocked = false
        let read = unsafe withUnsafeMutablePointer(to: &isLocked) { isLocked in
            unsafe Self.read(key) { unsafe PEM_read_bio_PrivateKey($0, nil, refusePassphrase, isLocked) }
        }
        guard let key = unsafe read else { throw isLocked ? .keyNeedsPassphrase : .noKey }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe X509_check_private_key(certificate, key) == 1 else { throw .notAPair }
        // Both comparisons answer 0 for a date that cannot be read, which no library would serve with.
        var moment = time_t(moment)
        if unsafe X509_cmp_time(X509_get0_notBefore(certificate), &moment) > 0 {
            validity = .notYet
        } else {
            validity = unsafe X509_cmp_time(X509_get0_notAfter(certificate), &moment) > 0 ? .now : .noLonger
        }
    }

    private static func read(_ bytes: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let stream = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { unsafe BIO_free(stream) }
            return unsafe body(stream)
        }
    }
}

/// libcrypto asks for a passphrase here, on the terminal if nobody answers: none is given, and that it asked is noted.
@c private func refusePassphrase(
    _ text: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isForWriting: Int32, _ asked: UnsafeMutableRawPointer?
) -> Int32 {
    unsafe asked?.storeBytes(of: true, as: Bool.self)
    return -1
}
