import Foundation
import Registry
import SwiftProtobuf

extension ExportRecord {
    /// Without the length before it.
    package func serialized() throws -> [UInt8] {
        var wire = WireExportRecord()
        switch self {
        case .header(let header): wire.exportHeader = header.wire
        case .key(let key):
            wire.exportKey.certifiedKey = key.key.data
            wire.exportKey.certifiedPath = key.path.description
            wire.exportKey.certifiedChain = key.chain.map { Data($0) }
            if let continuity = key.continuity { wire.exportKey.keyContinuity = continuity.wire }
        case .receipt(let receipt):
            wire.exportReceipt.content = Data(receipt.content)
            wire.exportReceipt.key = receipt.key.data
            wire.exportReceipt.signature = Data(receipt.signature)
        case .statement(let statement): wire.exportStatement = statement.wire
        case .ledger(let tip): wire.exportLedger = tip.wire
        case .entry(let sealed): wire.exportEntry = sealed.wire
        case .trailer(let trailer): wire.exportTrailer = trailer.wire
        }
        return try wire.serializedBytes()
    }

    /// With the length before it: as it stands in the file.
    package func framed() throws -> [UInt8] {
        let bytes = try serialized()
        return BigEndian.bytes(UInt32(bytes.count)) + bytes
    }

    /// - Returns: nil for a kind this version does not know: counted in the file's digest and skipped.
    /// - Throws: ``CodingFault`` or ``ChangeSetFault`` for bytes that break a bound.
    package static func read(_ bytes: [UInt8]) throws -> ExportRecord? {
        try refuseCrowds(bytes)
        switch try WireExportRecord(serializedBytes: bytes).kind {
        case .exportHeader(let header): return .header(try ExportHeader(header))
        case .exportKey(let key):
            guard let path = NodePath(key.certifiedPath), key.certifiedChain.allSatisfy({ $0.count <= 8192 }) else { throw CodingFault("not a certified key") }
            return .key(
                ExportKey(
                    key: try Digest(wire: key.certifiedKey, "a key id"), path: path, chain: key.certifiedChain.map { Array($0) },
                    continuity: key.hasKeyContinuity ? try KeyContinuity(key.keyContinuity) : nil))
        case .exportReceipt(let receipt):
            guard receipt.signature.count <= 256 else { throw CodingFault("a signature of \(receipt.signature.count) bytes") }
            return .receipt(
                SignedReceipt(content: Array(receipt.content), key: try Digest(wire: receipt.key, "a key id"), signature: Array(receipt.signature)))
        case .exportStatement(let statement): return .statement(try SignedStatement(statement))
        case .exportLedger(let tip): return .ledger(try LedgerTip(tip))
        case .exportEntry(let entry): return .entry(try SealedChangeSet(entry))
        case .exportTrailer(let trailer): return .trailer(try ExportTrailer(trailer))
        case nil: return nil
        }
    }

    /// Lists are counted before they are decoded: certificates in a record, tips in a receipt (3 of 1) and a
    /// statement (4 of 16 or 1 of 17, within 1).
    private static func refuseCrowds(_ bytes: [UInt8]) throws(CodingFault) {
        for (kind, list) in [(1, 5), (2, 3), (4, 4), (6, 7)] as [(UInt64, UInt64)] {
            guard let content = WireScan.first(field: kind, in: bytes[...]) else { continue }
            guard WireScan.count(field: list, in: content) <= ExportFormat.maximumCertificates else { throw CodingFault("too many certificates in one record") }
        }
        if let content = WireScan.first(field: 3, in: bytes[...]).flatMap({ WireScan.first(field: 1, in: $0) }) {
            guard WireScan.count(field: 3, in: content) <= Frame.maximumTips else { throw CodingFault("too many tips in one receipt") }
        }
        if let content = WireScan.first(field: 4, in: bytes[...]).flatMap({ WireScan.first(field: 1, in: $0) }) {
            for (kind, list) in [(16, 4), (17, 1)] as [(UInt64, UInt64)] {
                guard let inner = WireScan.first(field: kind, in: content) else { continue }
                guard WireScan.count(field: list, in: inner) <= Frame.maximumTips else { throw CodingFault("too many tips in one statement") }
            }
        }
    }
}

extension ExportHeader {
    fileprivate var wire: WireExportHeader {
        var wire = WireExportHeader()
        wire.exportFormat = ExportFormat.current
        wire.exporter = exporter.wire
        wire.exportedAt = exportedAt
        wire.exporterSoftware = software
        wire.roots = roots.map { Data($0) }
        wire.includesLocal = includesLocal
        wire.ledgerFilter = filter
        wire.plannedEntries = plannedEntries
        return wire
    }

    fileprivate init(_ wire: WireExportHeader) throws {
        guard wire.exportFormat >= 1 else { throw CodingFault("no export format") }
        guard wire.exportFormat <= ExportFormat.current else {
            throw ChangeSetFault(.newerFormat, "export", "format \(wire.exportFormat); this program reads up to \(ExportFormat.current)")
        }
        guard wire.roots.allSatisfy({ $0.count <= 8192 }) else { throw CodingFault("a root certificate is too large") }
        self.init(
            exporter: try ReplicaID(wire.exporter), exportedAt: wire.exportedAt, software: wire.exporterSoftware.bounded(128),
            roots: wire.roots.map { Array($0) }, includesLocal: wire.includesLocal, filter: wire.ledgerFilter.bounded(512), plannedEntries: wire.plannedEntries)
    }
}

extension ExportTrailer {
    fileprivate var wire: WireExportTrailer {
        var wire = WireExportTrailer()
        wire.keysWritten = keys
        wire.receiptsWritten = receipts
        wire.statementsWritten = statements
        wire.ledgersWritten = ledgers
        wire.entriesWritten = entries
        wire.changesWritten = changes
        wire.recordsDigest = digest.data
        return wire
    }

    fileprivate init(_ wire: WireExportTrailer) throws(CodingFault) {
        self.init()
        keys = wire.keysWritten
        receipts = wire.receiptsWritten
        statements = wire.statementsWritten
        ledgers = wire.ledgersWritten
        entries = wire.entriesWritten
        changes = wire.changesWritten
        digest = try Digest(wire: wire.recordsDigest, "the digest of records")
    }
}
