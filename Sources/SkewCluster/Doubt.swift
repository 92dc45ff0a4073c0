/// Why a view's numbers may not be whole. The raw value is the word on the wire.
package enum Doubt: String, Sendable, CaseIterable {
    /// This node's own connection to the bus is new, gone, or does not echo.
    case link
    /// A node was not heard for a few seconds.
    case silent
    /// A node is gone, without a word.
    case lost
    /// A node is there whose numbers are not known yet.
    case joining
    /// Something of a node was missed, and its answer has not come yet.
    case unsynced
    /// A node speaks a schema that this one does not read.
    case foreign
    /// Somebody is there who does not hear this node, or whom it does not hear.
    case unheard
    /// A node tells of more names than are believed, or fewer nodes are there than there should be.
    case size
}
