import Foundation
import NIOCore
import Node
import Registry
import Replication
import Sealing

/// An export file as it is made, piece by piece; the reader's pace is the writer's.
package struct ExportPieces: AsyncSequence, Sendable {
    package typealias Element = ByteBuffer
    let source: ExportSource

    package struct AsyncIterator: AsyncIteratorProtocol {
        let source: ExportSource

        package func next() async throws -> ByteBuffer? {
            try Task.checkCancellation()
            do {
                return try await Offload.run { [source] in try source.next() }.map { ByteBuffer(bytes: $0) }
            } catch { throw ControlFault(error) }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: source) }
}

extension NodeService {
    /// Begins an export; reads beside the serving node and writes nothing.
    /// - Throws: ``ControlFault``: no ledger matches, or only local ones do.
    package func export(_ options: ExportOptions) async throws -> ExportPieces {
        do {
            let choice = ExportChoice(filter: options.ledger ?? "", includesLocal: options.includeLocal)
            return ExportPieces(source: try await Offload.run { [node] in try node.export(choice, software: Software.version) })
        } catch { throw ControlFault(error) }
    }
}

/// The file that an export becomes: whole under its name, or not there at all.
package enum ExportFile {
    /// Writes what comes to a new file beside `path`, syncs it, and renames it when the trailer has come.
    /// - Throws: ``ControlFault`` (`system`, or `failure` when the export broke off); nothing stands at `path` then but what stood there.
    package static func write<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces, to path: String, progress: @Sendable (ExportProgress) -> Void
    ) async throws -> ExportReport where Pieces.Element == ByteBuffer {
        let start = NIODeadline.now()
        let temporary = path + ".new-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault(path) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(temporary) }
        }
        var cutter = ExportCutter(), seen = Seen(), bytes = 0
        for try await piece in pieces {
            try piece.withUnsafeReadableBytes { try write($0, to: descriptor, path) }
            bytes += piece.readableBytes
            try cutter.feed(piece.readableBytesView) { try seen.take($0) }
            progress(ExportProgress(entries: seen.entries, planned: seen.header?.plannedEntries ?? 0, bytes: bytes))
        }
        guard cutter.isWhole, let header = seen.header, let trailer = seen.trailer, let root = header.roots.first else {
            throw ControlFault(
                "export-cut", zh: "导出中断，未生成文件", en: "the export broke off; no file was made", hint: "重新导出 / export again; creditnode doctor", exit: .failure)
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw fault(path) }
        isDone = true
        return ExportReport(
            file: path, bytes: bytes, ledgers: trailer.ledgers, entries: trailer.entries, changes: trailer.changes, keys: trailer.keys,
            receipts: trailer.receipts, statements: trailer.statements, includesLocal: header.includesLocal,
            ledgerRoot: OpenSSLPrimitives().digest(.ed25519SHA256, of: root).description, milliseconds: NodeService.milliseconds(since: start))
    }

    private struct Seen {
        var header: ExportHeader?
        var trailer: ExportTrailer?
        var entries: UInt64 = 0

        mutating func take(_ bytes: [UInt8]) throws {
            switch try ExportRecord.read(bytes) {
            case .header(let header): self.header = header
            case .trailer(let trailer): self.trailer = trailer
            case .entry: entries += 1
            case .key, .receipt, .statement, .ledger, nil: break
            }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw fault(path) }
            rest = rest.dropFirst(written)
        }
    }

    private static func fault(_ path: String) -> ControlFault {
        ControlFault("export-file", zh: "无法写入 \(path)", en: "cannot write \(path): \(String(cString: strerror(errno)))", hint: "检查目录、磁盘空间和权限 / check directory, disk space and permissions", exit: .system)
    }

    // MARK: - Checking

    /// Checks an export file offline.
    /// - Parameters:
    ///   - root: SHA-256 of the ledger root certificate, hexadecimal; nil = the root of the node at `home`.
    ///   - progress: told of the bytes read so far.
    /// - Throws: ``ControlFault`` when file, fingerprint or home cannot be used; what is wrong in the file is in the report.
    package static func verify(_ path: String, root: String?, home: String, progress: @Sendable (Int) -> Void = { _ in }) async throws -> ExportVerifyReport {
        let start = NIODeadline.now()
        let anchor = try anchor(root, home: home)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ControlFault("no-file", zh: "找不到或无法读取文件：\(path)", en: "no such file, or it cannot be read: \(path)", hint: "检查路径和权限 / check path and permissions", exit: .notFound)
        }
        defer { try? handle.close() }
        var check = ExportCheck(anchor: anchor), cutter = ExportCutter(), read = 0
        reading: while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            read += piece.count
            do {
                try cutter.feed(piece) { check.take($0) }
            } catch {
                check.broken("\(error)")
                break reading
            }
            if check.isHopeless { break }
            progress(read)
            await Task.yield()
        }
        return report(check.isHopeless ? check.result : check.finish(isWhole: cutter.isWhole), path, start)
    }

    private static func anchor(_ root: String?, home: String) throws -> ExportCheck.Anchor {
        if let root {
            guard let fingerprint = Hex.decode(root.filter { $0 != ":" }).flatMap({ Replication.Digest($0) }) else {
                throw ControlFault("ca", zh: "--ca 应为 64 位十六进制指纹", en: "--ca is a fingerprint of 64 hexadecimal digits", hint: "creditnode status → 账本根证书 ledger root", exit: .badInput)
            }
            return .fingerprint(fingerprint)
        }
        guard NodeHome(home).exists else {
            throw ControlFault(
                "no-root", zh: "没有可信的根证书：请用 --ca 指定指纹，或用 --home 指定节点目录", en: "no root to trust: give its fingerprint with --ca, or a node's --home",
                hint: "creditnode status → 账本根证书 ledger root", exit: .notFound)
        }
        return .certificate(try NodeHome(home).ledgerRoot())
    }

    private static func report(_ result: ExportVerification, _ path: String, _ start: NIODeadline) -> ExportVerifyReport {
        func faults(_ list: [VerificationFault]) -> [VerifyCommand.Fault] { list.map { VerifyCommand.Fault(place: $0.place, rule: $0.rule, detail: $0.detail) } }
        return ExportVerifyReport(
            file: path, exporter: result.header?.exporter.description, exportedAt: result.header.map { Instant.text($0.exportedAt) },
            ledgerRoot: result.root?.description, includesLocal: result.header?.includesLocal ?? false, ledgers: result.ledgers, entries: result.entries,
            changes: result.changes, missingBodies: result.missingBodies, keys: result.keys, receipts: result.receipts, statements: result.statements,
            suites: Dictionary(uniqueKeysWithValues: result.suites.map { ($0.key.name, $0.value) }), faults: faults(result.faults), notes: faults(result.notes),
            milliseconds: NodeService.milliseconds(since: start))
    }
}

extension NodeHome {
    /// The root of the chain of our ledger key: what exports are checked against.
    func ledgerRoot() throws -> Certificate {
        guard let root = try certificates("ledger").last else { throw emptyChain("ledger") }
        return root
    }
}
