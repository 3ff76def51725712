import Registry
import Replication
import Sealing
import Storage
import Synchronization

/// Which ledgers an export takes.
package struct ExportChoice: Sendable, Hashable {
    /// Empty = all. A node path: the ledgers written at it or below. Else a ledger's full name.
    package var filter: String
    /// Ledgers of audience local, drafts among them: they leave the node only when asked for by name.
    package var includesLocal: Bool

    package init(filter: String = "", includesLocal: Bool = false) { (self.filter, self.includesLocal) = (filter, includesLocal) }

    /// Whether it takes a ledger, its audience aside.
    func names(_ ledger: LedgerID) -> Bool {
        if filter.isEmpty || ledger.description == filter { return true }
        return NodePath(filter).map { $0.isAncestorOrSelf(of: ledger.replica.path) } ?? false
    }
}

/// An export in the making: bytes of the file, a piece at a time, from short reads of the replica. What it
/// holds of every ledger was fixed when it began; ledgers only grow, so no snapshot need stay open.
package final class ExportSource: Sendable {
    private enum Stage {
        case header
        case keys(after: String)
        case receipts(after: Int64)
        case statements(after: String)
        /// `sequence` nil: its heading is not written yet.
        case entries(ledger: Int, sequence: UInt64?)
        case trailer
        case end
    }

    private struct State {
        var stage = Stage.header
        var trailer = ExportTrailer()
        /// Receipts written, by the digest of what they say.
        var receipts: Set<Digest> = []
    }

    /// Change sets that the file will hold.
    package let planned: UInt64
    /// Roughly how many bytes ``next()`` gives; one record may be larger.
    private static let pieceBytes = 1 << 20
    private let node: Node
    private let choice: ExportChoice
    private let software: String
    private let tips: [LedgerTip]
    private let ledgers: Set<LedgerID>
    /// Authors of chosen ledgers and the nodes above them; nil = every path.
    private let paths: Set<NodePath>?
    private let authors: Set<NodePath>
    private let state: Mutex<State>

    fileprivate init(node: Node, choice: ExportChoice, software: String, tips: [LedgerTip]) {
        self.node = node
        self.choice = choice
        self.software = software
        self.tips = tips
        ledgers = Set(tips.map(\.ledger))
        authors = Set(tips.map(\.ledger.replica.path))
        var paths: Set<NodePath> = []
        for tip in tips {
            var path: NodePath? = tip.ledger.replica.path
            while let next = path, paths.insert(next).inserted { path = next.parent }
        }
        self.paths = choice.filter.isEmpty ? nil : paths
        planned = tips.reduce(0) { $0 + $1.tip.sequence }
        var first = State()
        first.trailer.digest = node.digest(ExportFormat.magic)
        state = Mutex(first)
    }

    /// The next bytes of the file; nil at its end. Calls must not overlap.
    /// - Throws: ``StorageError`` or a coding error; the file is worth nothing then.
    package func next() throws -> [UInt8]? {
        try state.withLock { state in
            var piece: [UInt8] = []
            while piece.count < Self.pieceBytes {
                if case .end = state.stage { break }
                try step(&state, &piece)
            }
            return piece.isEmpty ? nil : piece
        }
    }

    private func put(_ record: ExportRecord, _ state: inout State, _ piece: inout [UInt8]) throws {
        let bytes = try record.serialized()
        piece += BigEndian.bytes(UInt32(bytes.count)) + bytes
        state.trailer.digest = node.digest(state.trailer.digest.bytes + node.digest(bytes).bytes)
    }

    private func step(_ state: inout State, _ piece: inout [UInt8]) throws {
        switch state.stage {
        case .header:
            piece += ExportFormat.magic
            let header = ExportHeader(
                exporter: node.replica, exportedAt: node.environment.now(), software: software, roots: node.identity.ledgerRoots.certificates.map(\.der),
                includesLocal: choice.includesLocal, filter: choice.filter, plannedEntries: planned)
            try put(.header(header), &state, &piece)
            state.stage = .keys(after: "")
        case .keys(let after): try putKeys(after, &state, &piece)
        case .receipts(let after): try putReceipts(after, &state, &piece)
        case .statements(let after): try putStatements(after, &state, &piece)
        case .entries(let index, let sequence): try putEntries(index, sequence, &state, &piece)
        case .trailer:
            try put(.trailer(state.trailer), &state, &piece)
            state.stage = .end
        case .end: break
        }
    }

    private func putKeys(_ after: String, _ state: inout State, _ piece: inout [UInt8]) throws {
        let (found, rows) = try node.store.read { tx -> ([NodePath], [LedgerKeyRow]) in
            let found = try tx.keyedPaths(after: after, limit: 64)
            return (found, try found.filter { paths?.contains($0) ?? true }.flatMap { try tx.ledgerKeys(of: $0) })
        }
        for row in rows {
            try put(.key(ExportKey(key: row.key, path: row.path, chain: row.chain, continuity: row.continuity)), &state, &piece)
            state.trailer.keys += 1
        }
        state.stage = found.last.map { .keys(after: $0.description) } ?? .receipts(after: 0)
    }

    private func putReceipts(_ after: Int64, _ state: inout State, _ piece: inout [UInt8]) throws {
        let page = try node.store.read { try $0.receiptPage(after: after, limit: 16) }
        for row in page {
            guard state.receipts.insert(node.digest(row.signed.content)).inserted, let receipt = try? Receipt(serialized: row.signed.content),
                receipt.tips.contains(where: { ledgers.contains($0.ledger) })
            else { continue }
            try put(.receipt(row.signed), &state, &piece)
            state.trailer.receipts += 1
        }
        state.stage = page.last.map { .receipts(after: $0.ledger) } ?? .statements(after: "")
    }

    private func putStatements(_ after: String, _ state: inout State, _ piece: inout [UInt8]) throws {
        let page = try node.store.read { try $0.statementPage(after: after, limit: 16) }
        for row in page where row.audience != .local && (choice.filter.isEmpty || authors.contains(row.issuer)) {
            try put(.statement(row.signed), &state, &piece)
            state.trailer.statements += 1
        }
        state.stage = page.last.map { .statements(after: $0.slot) } ?? .entries(ledger: 0, sequence: nil)
    }

    private func putEntries(_ index: Int, _ sequence: UInt64?, _ state: inout State, _ piece: inout [UInt8]) throws {
        guard tips.indices.contains(index) else {
            state.stage = .trailer
            return
        }
        let tip = tips[index]
        guard let sequence else {
            try put(.ledger(tip), &state, &piece)
            state.trailer.ledgers += 1
            state.stage = .entries(ledger: index, sequence: 0)
            return
        }
        let page = try node.store.read { try $0.changeSets(of: tip.ledger, after: sequence, limitBytes: Self.pieceBytes) }
        var last = sequence
        for stored in page where stored.sequence <= tip.tip.sequence {
            try put(.entry(stored.sealed), &state, &piece)
            state.trailer.entries += 1
            state.trailer.changes += UInt64(stored.count)
            last = stored.sequence
        }
        // Nothing more, or nothing found where there should be: the reader sees from the heading what is missing.
        let isDone = last == sequence || last >= tip.tip.sequence
        state.stage = isDone ? .entries(ledger: index + 1, sequence: nil) : .entries(ledger: index, sequence: last)
    }
}

extension Node {
    /// Begins an export of the chosen ledgers.
    /// - Throws: ``NodeRefusal``: no such ledger is held, or the only ones are local and were not asked for.
    package func export(_ choice: ExportChoice, software: String) throws -> ExportSource {
        let named = try store.read { try $0.tips() }.filter { choice.names($0.ledger) }
        let chosen = named.filter { choice.includesLocal || $0.ledger.audience != .local }
        guard !chosen.isEmpty || choice.filter.isEmpty else {
            if named.isEmpty {
                throw NodeRefusal(
                    .notFound, "no-such-ledger", zh: "本节点没有与 \(choice.filter.prefix(100)) 相符的账本", en: "no ledger held matches \(choice.filter.prefix(100))",
                    hint: "--ledger wuhan/wuchang（该路径及以下）或账本全名 / a path (at it and below) or a ledger's full name")
            }
            throw NodeRefusal(
                .refused, "local-ledger", zh: "相符的只有本地账本（草稿），默认不导出", en: "only local ledgers (drafts) match; they are not exported by default", hint: "--include-local")
        }
        return ExportSource(node: self, choice: choice, software: software, tips: chosen)
    }
}
