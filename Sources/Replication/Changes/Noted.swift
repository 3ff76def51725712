import Registry

/// A person of the node where changes came from takes note of what became of them: the correction that a revocation overtook
/// (rules.md 3.4 M6: its author is informed), the record that was blocked (M33: the sender is told). It changes nothing, and ends the question.
package struct Noted: Sendable, Hashable {
    package static let maximumChanges = 64

    /// Ascending, 1…``maximumChanges``: corrections by their origin, blocked records by their id.
    package var changes: [Dot]

    package init(changes: [Dot]) { self.changes = changes }
}
