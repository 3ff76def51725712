import Foundation
import Registry
import SwiftProtobuf

extension AttachmentsAdded {
    var wire: WireAttachmentsAdded {
        var wire = WireAttachmentsAdded()
        wire.attachments = attachments.map { attachment in
            var out = WireAttachment()
            out.name = attachment.name
            out.mediaType = attachment.mediaType
            out.size = attachment.size
            out.digest = attachment.digest.data
            out.salt = Data(attachment.salt)
            out.suite = attachment.suite.rawValue
            return out
        }
        return wire
    }

    init(_ wire: WireAttachmentsAdded) throws(CodingFault) {
        guard wire.attachments.count <= AttachmentsAdded.maximumFiles else { throw CodingFault("\(wire.attachments.count) attachments in one change") }
        var attachments: [Attachment] = []
        for one in wire.attachments {
            guard let suite = Suite(rawValue: one.suite) else { throw CodingFault("an attachment under unknown suite \(one.suite)") }
            attachments.append(
                try Attachment(
                    name: one.name, mediaType: one.mediaType, size: one.size, digest: try Digest(wire: one.digest, "the digest of an attachment"),
                    salt: Array(one.salt), suite: suite))
        }
        try self.init(attachments)
    }
}

extension AttachmentFrame {
    func write(into frame: inout WireFrame) {
        switch self {
        case .ask(let ask):
            frame.attachmentAsk.digest = ask.digest.data
            frame.attachmentAsk.offset = ask.offset
            frame.attachmentAsk.length = UInt32(ask.length)
        case .piece(let piece):
            frame.attachmentPiece.digest = piece.digest.data
            frame.attachmentPiece.offset = piece.offset
            frame.attachmentPiece.total = piece.total
            frame.attachmentPiece.content = Data(piece.content)
        case .absent(let digest, let reason):
            frame.attachmentAbsent.digest = digest.data
            frame.attachmentAbsent.reason = reason.bounded(64)
        case .held(let digests): frame.attachmentsHeld.digests = digests.map(\.data)
        }
    }

    init(_ wire: WireAttachmentAsk) throws(CodingFault) {
        guard (1...UInt32(Self.maximumPiece)).contains(wire.length), wire.offset < Attachment.maximumBytes else {
            throw CodingFault("an ask for \(wire.length) bytes at \(wire.offset)")
        }
        self = .ask(AttachmentAsk(digest: try Digest(wire: wire.digest, "an attachment"), offset: wire.offset, length: Int(wire.length)))
    }

    init(_ wire: WireAttachmentPiece) throws(CodingFault) {
        guard (1...Self.maximumPiece).contains(wire.content.count), wire.total <= Attachment.maximumBytes, wire.offset < wire.total else {
            throw CodingFault("a piece of \(wire.content.count) bytes at \(wire.offset) of \(wire.total)")
        }
        self = .piece(
            AttachmentPiece(digest: try Digest(wire: wire.digest, "an attachment"), offset: wire.offset, total: wire.total, content: Array(wire.content)))
    }

    init(_ wire: WireAttachmentAbsent) throws(CodingFault) {
        self = .absent(try Digest(wire: wire.digest, "an attachment"), reason: wire.reason.bounded(64))
    }

    init(_ wire: WireAttachmentsHeld) throws(CodingFault) {
        guard wire.digests.count <= Self.maximumDigests else { throw CodingFault("\(wire.digests.count) digests in one frame") }
        var digests: [Digest] = []
        for digest in wire.digests { digests.append(try Digest(wire: digest, "an attachment")) }
        self = .held(digests)
    }
}
