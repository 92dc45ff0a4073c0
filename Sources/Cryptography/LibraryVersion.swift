internal import CLibcrypto

/// The version of libcrypto, as it runs.
package enum LibraryVersion {
    /// Such as `3.0.15`.
    package static let libcrypto = unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))
}
