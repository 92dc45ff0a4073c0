internal import CLibuv
internal import CLibwebsockets

/// The versions of the libraries under the loop, as they run: a system may have newer ones than those that were built with.
package enum LibraryVersions {
    /// Such as `4.1.6`; what a distribution puts behind a dash is left out.
    package static let libwebsockets = unsafe String(cString: lws_get_library_version()).prefix { $0 != "-" && $0 != " " }.description

    package static let libuv = unsafe String(cString: uv_version_string())
}
