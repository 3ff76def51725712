import Foundation
import NIOCore
import Node
import Registry
import Replication
import Storage

/// An attachment whose content was found whole and right.
package struct OpenedAttachment: Sendable {
    package let file: FetchedFile
    let blob: Int64
}

extension NodeService {
    /// Takes a file in as it comes. Nothing names it until ``AttachCommand`` does.
    /// - Throws: ``ControlFault``: too large, not a kind that is taken, no room.
    package func stage<Body: AsyncSequence & Sendable>(_ options: StageOptions, body: Body) async throws -> StagedFile where Body.Element == ByteBuffer {
        do {
            guard UInt64(clamping: options.fileBytes) <= Attachment.maximumBytes else { throw Node.tooLarge }
            let staged = try await Offload.run { [node] in try node.stage() }
            do {
                var pending = ByteBuffer()
                for try await part in body {
                    var part = part
                    pending.writeBuffer(&part)
                    while let chunk = pending.readBytes(length: AttachmentFrame.maximumPiece) { try await extend(staged, chunk) }
                    pending.discardReadBytes()
                }
                if let last = pending.readBytes(length: pending.readableBytes), !last.isEmpty { try await extend(staged, last) }
                let (size, kind) = try await Offload.run { [node] in try node.finish(staged) }
                return StagedFile(token: "\(staged.id):\(Hex.encode(staged.salt))", fileName: options.fileName, mediaType: kind.mediaType, size: size)
            } catch {
                try? await Offload.run { [node] in try node.dropStaged([staged.id]) }
                throw error
            }
        } catch {
            throw ControlFault(error)
        }
    }

    private func extend(_ staged: StagedContent, _ chunk: [UInt8]) async throws {
        try await Offload.run { [node] in try node.extend(staged, by: chunk) }
    }

    func attach(_ command: AttachCommand) throws -> AttachCommand.Response {
        let plans = try command.files.map { file -> AttachmentPlan in
            let parts = file.token.split(separator: ":")
            guard parts.count == 2, let id = Int64(parts[0]), let salt = Hex.decode(String(parts[1])) else {
                throw ControlFault("attachment-staged", zh: "暂存标记有误", en: "not the token of a staged file", hint: "重新执行 attach / run attach again", exit: .badInput)
            }
            return AttachmentPlan(staged: id, salt: salt, name: file.fileName.precomposedStringWithCanonicalMapping)
        }
        do {
            let record = try record(command.record)
            let fates = try node.attach(plans, to: record, actor: command.actor.actor)
            return AttachCommand.Response(
                record: record.description,
                files: zip(plans, zip(command.files, fates)).map { plan, rest in
                    let (file, fate) = rest
                    switch fate {
                    case .added(let digest):
                        return AttachCommand.File(name: plan.name, mediaType: file.mediaType, size: file.size, digest: digest.description, outcome: "added")
                    case .unchanged(let digest):
                        return AttachCommand.File(name: plan.name, mediaType: file.mediaType, size: file.size, digest: digest.description, outcome: "unchanged")
                    }
                })
        } catch {
            try? node.dropStaged(plans.map(\.staged))
            throw error
        }
    }

    func attachmentLines(of record: Dot) throws -> [AttachmentLine] {
        try node.attachments(of: record).map { held in
            let state = held.blob.isComplete ? "held" : (held.blob.trouble == nil ? "on-its-way" : "missing")
            return AttachmentLine(
                name: held.attachment.name, mediaType: held.attachment.mediaType, size: held.attachment.size, digest: held.attachment.digest.description,
                change: held.change.description, state: state, percent: Int(held.blob.held * 100 / held.attachment.size), trouble: held.blob.trouble)
        }
    }

    /// Finds an attachment and checks its content.
    /// - Throws: ``ControlFault``: none or several fit, not here yet, damaged.
    package func open(_ options: FetchOptions) async throws -> OpenedAttachment {
        do {
            return try await Offload.run { [self] in
                let record = try record(options.record)
                let all = try node.attachments(of: record)
                let wanted = (options.which ?? "").precomposedStringWithCanonicalMapping
                let fitting = all.filter { wanted.isEmpty || $0.attachment.name == wanted || (wanted.utf8.count >= 6 && $0.attachment.digest.description.hasPrefix(wanted.lowercased())) }
                guard let one = fitting.first, fitting.allSatisfy({ $0.blob.id == one.blob.id }) else {
                    let names = all.prefix(20).map { "\($0.attachment.name) \($0.attachment.digest.short)" }.joined(separator: ", ")
                    throw ControlFault(
                        "no-such-attachment", zh: fitting.isEmpty ? "该记录没有这个附件" : "有多个附件符合", en: fitting.isEmpty ? "the record has no such attachment" : "several attachments fit",
                        hint: names.isEmpty ? "creditnode show" : names, exit: .notFound)
                }
                let blob = try node.checkedContent(one)
                return OpenedAttachment(
                    file: FetchedFile(
                        record: record.description, name: one.attachment.name, mediaType: one.attachment.mediaType, size: one.attachment.size,
                        digest: one.attachment.digest.description),
                    blob: blob.id)
            }
        } catch {
            throw ControlFault(error)
        }
    }

    /// Gives the content in order, a piece at a time, as fast as `write` takes it.
    /// - Throws: what `write` throws; ``ControlFault`` when the content ends early.
    package func read(_ opened: OpenedAttachment, write: (ByteBuffer) async throws -> Void) async throws {
        var offset: UInt64 = 0
        while offset < opened.file.size {
            let from = offset
            let bytes = try await Offload.run { [node] in try node.store.read { try $0.content(of: opened.blob, from: from, length: AttachmentFrame.maximumPiece) } }
            guard !bytes.isEmpty else {
                throw ControlFault("attachment-digest", zh: "附件内容读取中断", en: "the content ended early", hint: "creditnode verify", exit: .failure)
            }
            offset += UInt64(bytes.count)
            try await write(ByteBuffer(bytes: bytes))
        }
    }

    /// What people should know of contents that do not come.
    func contentWarnings() throws -> [String] {
        let (totals, troubled) = try node.store.read { (try $0.blobTotals(), try $0.troubledBlobs(limit: 5)) }
        var warnings = troubled.map { "附件 \($0.digest.short) 未到 / attachment missing: \($0.trouble ?? "") (\($0.held)/\($0.size))" }
        if totals.wanted > 0, totals.bytes + totals.missingBytes > node.attachmentQuota {
            warnings.append(
                "附件存储上限 \(node.attachmentQuota >> 20) MiB 不足，缺 \(totals.missingBytes >> 20) MiB / attachment_quota_mib is too small for \(totals.missingBytes >> 20) MiB more")
        }
        return warnings
    }
}
