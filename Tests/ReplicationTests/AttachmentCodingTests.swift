import Foundation
import Registry
import Replication
import SwiftProtobuf
import Testing

@Suite struct AttachmentCodingTests {
    private let digest = Digest(a: 1, b: 2, c: 3, d: 4)

    private func attachment(_ name: String = "决定书.pdf", type: String = "application/pdf", size: UInt64 = 10, salt: Int = 16) throws(CodingFault) -> Replication.Attachment {
        try Replication.Attachment(name: name, mediaType: type, size: size, digest: digest, salt: Array(repeating: 9, count: salt), suite: .sm2SM3)
    }

    @Test func changesComeBack() throws {
        let kind = ChangeKind.attachmentsAdded(try AttachmentsAdded([try attachment(), try attachment("二.png", type: "image/png", size: 20 << 20)]))
        let change = Change(record: Dot(replica: replica("wuhan/a"), counter: 4), previous: 4, actor: actor, capturedAt: 5, kind: kind)
        let bytes = try change.serialized()
        #expect(try Change(serialized: bytes) == change)
        #expect(kind.lane == .ordinary && kind.name == "attachments-added")
        // The number of the kind is sealed: field 17 of a change.
        #expect(try WireChange(serializedBytes: bytes).kind.map { if case .attachmentsAdded = $0 { true } else { false } } == true)
        #expect(bytes.contains(17 << 3 & 0x7F | 2 | 0x80))
    }

    @Test("Bounds hold on reading: names, types, sizes, salts, suites, numbers of files")
    func bounds() throws {
        for name in ["", ".", "..", "a/b", "a\\b", "a\u{0}b", "a\nb", "a\u{85}b", String(repeating: "长", count: 67)] {
            #expect(throws: CodingFault.self, "\(name)") { try attachment(name) }
        }
        for type in ["", "pdf", "/", "a/b/c", "a/ b", String(repeating: "a", count: 99) + "/b"] { #expect(throws: CodingFault.self, "\(type)") { try attachment(type: type) } }
        #expect(throws: CodingFault.self) { try attachment(size: 0) }
        #expect(throws: CodingFault.self) { try attachment(size: 20 << 20 + 1) }
        #expect(throws: CodingFault.self) { try attachment(salt: 15) }
        #expect(throws: CodingFault.self) { try AttachmentsAdded([]) }
        let one = try attachment()
        #expect(throws: CodingFault.self) { try AttachmentsAdded(Array(repeating: one, count: 17)) }
        var wire = WireChange()
        wire.actor.unit = "u"
        wire.attachmentsAdded.attachments = [WireAttachment.with { ($0.name, $0.mediaType, $0.size, $0.digest, $0.salt, $0.suite) = ("a", "a/b", 1, Data(digest.bytes), Data(count: 16), 9) }]
        let unknownSuite: [UInt8] = try wire.serializedBytes()
        #expect(throws: CodingFault.self) { try Change(serialized: unknownSuite) }
    }

    @Test func framesComeBack() throws {
        let frames: [AttachmentFrame] = [
            .ask(AttachmentAsk(digest: digest, offset: 7, length: 262_144)), .piece(AttachmentPiece(digest: digest, offset: 3, total: 9, content: [1, 2, 3])),
            .absent(digest, reason: AbsentReason.notYet), .held([digest, .zero]), .held([]),
        ]
        for frame in frames {
            guard case .attachment(let read)? = try Frame.read(try Frame.attachment(frame).serialized()) else { throw CodingFault("\(frame)") }
            #expect(read == frame)
        }
    }

    @Test("Frames out of bounds are refused before anything is made of them")
    func badFrames() throws {
        func refused(_ fill: (inout WireFrame) -> Void) throws {
            var wire = WireFrame()
            fill(&wire)
            let bytes: [UInt8] = try wire.serializedBytes()
            #expect(throws: CodingFault.self) { try Frame.read(bytes) }
        }
        let data = Data(digest.bytes)
        try refused { $0.attachmentAsk.digest = data }
        try refused { ($0.attachmentAsk.digest, $0.attachmentAsk.length) = (data, 262_145) }
        try refused { ($0.attachmentAsk.digest, $0.attachmentAsk.length, $0.attachmentAsk.offset) = (data, 1, 20 << 20) }
        try refused { ($0.attachmentAsk.digest, $0.attachmentAsk.length) = (Data([1]), 1) }
        try refused { ($0.attachmentPiece.digest, $0.attachmentPiece.total) = (data, 5) }
        try refused { ($0.attachmentPiece.digest, $0.attachmentPiece.total, $0.attachmentPiece.offset, $0.attachmentPiece.content) = (data, 5, 5, Data([1])) }
        try refused { ($0.attachmentPiece.digest, $0.attachmentPiece.total, $0.attachmentPiece.content) = (data, 20 << 20, Data(count: 262_145)) }
        try refused { ($0.attachmentPiece.digest, $0.attachmentPiece.total, $0.attachmentPiece.content) = (data, 21 << 20, Data([1])) }
        try refused { $0.attachmentsHeld.digests = Array(repeating: data, count: 257) }
        try refused { $0.attachmentsHeld.digests = Array(repeating: Data(), count: 1_000_000) }
        try refused { $0.attachmentAbsent.reason = "x" }
    }
}
