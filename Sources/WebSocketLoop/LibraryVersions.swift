internal import CLibuv
internal import CLibwebsockets

/// The versions of the libraries under the loop, as they run: a system may have newer ones than those that were built with.
package enum LibraryVersions {
    /// Such as `4.1.6`; what a distribution puts behind a dash is left out.
    package static let libwebsockets = unsafe String(cString: lws_get_library_version()).prefix { $0 != "-" && $0 != " " }.description

    package static let libuv = unsafe String(cString: uv_version_string())
}

/// The version of a library as numbers, to be compared.
package struct LibraryVersion: Comparable, Sendable {
    private let numbers: [Int]

    package init(_ major: Int, _ minor: Int, _ patch: Int) { numbers = [major, minor, patch] }

    /// Of a text such as `4.1.6`; what is no number counts as 0.
    package init(_ text: String) { numbers = text.split(separator: ".").map { Int($0) ?? 0 } }

    package static func < (left: LibraryVersion, right: LibraryVersion) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}
