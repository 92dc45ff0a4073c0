/// A message that comes in several pieces. Most fit the receive buffer and never need one.
struct MessageAssembly {
    /// Fragments without a byte that a message may have. They cost the sender six bytes and us a callback each.
    static let maxEmptyFragments = 1000

    private(set) var bytes: [UInt8] = []
    private var text = UTF8Validation()
    private var emptyFragments = 0
    private let isText: Bool

    init(isText: Bool) {
        self.isText = isText
    }

    /// Takes the next piece.
    /// - Parameters:
    ///   - declared: how many bytes of the current frame are still to come.
    ///   - limit: the longest message.
    /// - Returns: why the connection must be failed, or nil.
    mutating func append(_ piece: UnsafeRawBufferPointer, declared: Int, isLast: Bool, limit: Int) -> DisconnectReason? {
        if unsafe piece.isEmpty {
            emptyFragments += 1
            if emptyFragments > Self.maxEmptyFragments { return .protocolError }
        }
        let (needed, overflow) = (bytes.count + piece.count).addingReportingOverflow(declared)
        if overflow || needed > limit { return .messageTooBig }
        if isText {
            guard unsafe text.accept(piece), !isLast || text.isComplete else { return .invalidPayload }
        }
        unsafe bytes.append(contentsOf: piece)
        return nil
    }
}
