@testable import WebSocketLoop

extension SeenHead {
    private struct Refused: Error { let text: String }

    /// A head that lay in the kernel like this.
    /// - Throws: where the walk over it does not find one that may be served.
    convenience init(_ text: String) throws {
        self.init()
        unsafe buffer.copyBytes(from: Array(text.utf8))
        guard case .serve = judge(text.utf8.count) else { throw Refused(text: text) }
    }
}
