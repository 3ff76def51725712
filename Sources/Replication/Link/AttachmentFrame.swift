/// What two ends say to each other about contents of attachments.
package enum AttachmentFrame: Sendable, Hashable {
    /// Most bytes of one piece.
    package static let maximumPiece = 256 * 1024
    /// Most digests in one ``held(_:)``.
    package static let maximumDigests = 256

    /// "Send me at most `length` bytes from `offset`": answered by one piece, or by ``absent(_:reason:)``.
    case ask(AttachmentAsk)
    case piece(AttachmentPiece)
    case absent(Digest, reason: String)
    /// What was absent when the peer asked is held now.
    case held([Digest])
}

package struct AttachmentAsk: Sendable, Hashable {
    package let digest: Digest
    package let offset: UInt64
    /// 1…``AttachmentFrame/maximumPiece``.
    package let length: Int

    package init(digest: Digest, offset: UInt64, length: Int) { (self.digest, self.offset, self.length) = (digest, offset, length) }
}

package struct AttachmentPiece: Sendable, Hashable {
    package let digest: Digest
    package let offset: UInt64
    /// Size of the whole content.
    package let total: UInt64
    package let content: [UInt8]

    package init(digest: Digest, offset: UInt64, total: UInt64, content: [UInt8]) {
        self.digest = digest
        self.offset = offset
        self.total = total
        self.content = content
    }
}

/// Why content is not given. Whether a digest is unknown here or not for this peer is not told apart.
package enum AbsentReason {
    package static let notHeld = "not-held"
    /// Named by a change that the peer may see, and still on its way to this node too.
    package static let notYet = "not-yet"
}
