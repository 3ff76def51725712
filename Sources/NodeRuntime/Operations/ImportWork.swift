import Intake
import Node
import Registry
import Replication
import Synchronization

/// Rows of an import that were read together, on their way into the replica.
struct ImportPiece: Sendable {
    enum Content: Sendable {
        /// Ready for the transaction.
        case prepared(PreparedRecords)
        /// To be staged on a list, or only checked.
        case rows([ValidRecord])
    }

    /// Without its records.
    let batch: RowBatch
    let places: [(row: Int, line: Int)]
    let content: Content

    /// What it holds in memory, nearly.
    var byteCount: Int {
        switch content {
        case .prepared(let records): records.byteCount
        case .rows: 0
        }
    }

    func documentNumber(_ index: Int) -> String {
        switch content {
        case .prepared(let records): records.documentNumber(index)
        case .rows(let rows): rows[index].documentNumber
        }
    }
}

/// The blocking half of an import: reads and judges bytes, stores pieces. Reading goes on while pieces are stored;
/// each of the two has one caller at a time.
final class ImportWork: Sendable {
    private struct Reading: Sendable {
        var reader: RowReader
        /// The beginning, until it shows that it is text.
        var head: [UInt8]? = []
    }

    private let node: Node
    private let options: ImportOptions
    /// nil for lists and checks.
    private let terms: RecordTerms?
    private let actor: Actor
    private let item: CatalogueItem
    private let reading: Mutex<Reading>
    private let tallied: Mutex<ImportTally>
    /// Rows of the piece before were mostly known: sets of all of the next would be made in vain.
    private let expectsNew = Mutex(true)

    /// - Parameter intake: what the options ask of the reader, for this item.
    /// - Throws: ``ControlFault``, ``NodeRefusal``: no such item, bad actor, no catalogue, or an option that makes no sense.
    init(_ options: ImportOptions, node: Node, unit: CreditCode, intake: (CatalogueItem) throws -> IntakeOptions) throws {
        self.node = node
        self.options = options
        actor = options.actor.actor
        let found = options.list == nil ? try node.terms(item: options.item, actor: actor) : nil
        terms = options.checkOnly == true ? nil : found
        item = found?.item ?? .listEntry
        reading = Mutex(Reading(reader: RowReader(item: item, today: node.environment.today, unit: unit, options: try intake(item))))
        tallied = Mutex(ImportTally(options: options, item: item))
    }

    var progress: ImportProgress { tallied.withLock { $0.progress } }
    var headings: [String] { reading.withLock { $0.reader.findings.headings } }

    /// Reads and judges what came. - Returns: pieces that are full; at the end or in a pause all there are.
    func read(_ input: ImportInput.Piece) throws -> [ImportPiece] {
        let batches = try reading.withLock { state -> [RowBatch] in
            var batches: [RowBatch] = []
            var bytes = input.bytes
            if let head = state.head.take() {
                bytes = head + bytes
                guard bytes.count >= FileForm.headBytes || input.isEnd else { state.head = bytes; return [] }
                try Self.refuseSpreadsheet(bytes)
            }
            state.reader.feed(bytes) { batches.append($0) }
            if input.isEnd {
                let summary = state.reader.finish { batches.append($0) }
                let findings = state.reader.findings
                tallied.withLock { $0.finish(summary, findings) }
            } else if input.isPause {
                state.reader.flush { batches.append($0) }
            }
            return batches
        }
        tallied.withLock { $0.bytes += input.bytes.count }
        return try batches.map { try piece($0) }
    }

    private func piece(_ batch: RowBatch) throws -> ImportPiece {
        let places = batch.records.map { ($0.row, $0.line) }, rows = batch.records.map(\.record)
        var rest = batch
        rest.records = []
        guard let terms else { return ImportPiece(batch: rest, places: places, content: .rows(rows)) }
        return ImportPiece(batch: rest, places: places, content: .prepared(try node.prepare(rows, terms, expectNew: expectsNew.withLock { $0 })))
    }

    /// Stores pieces, those of records in one transaction. - Returns: refused rows with their cells, when they are wanted.
    func store(_ pieces: [ImportPiece]) throws -> [ImportRow] {
        let prepared = pieces.compactMap { piece in
            switch piece.content {
            case .prepared(let records): records.count > 0 ? records : nil
            case .rows: nil
            }
        }
        var recorded = try prepared.isEmpty ? [] : node.record(prepared)
        recorded.reverse()
        var refused: [ImportRow] = []
        for piece in pieces {
            var fates: [RowFate] = []
            switch piece.content {
            case .prepared(let records): if records.count > 0 { fates = recorded.popLast() ?? [] }
            case .rows(let rows): fates = try rows.isEmpty ? [] : settle(rows)
            }
            let known = fates.count { $0 != .effective && $0 != .draft }
            if !fates.isEmpty { expectsNew.withLock { $0 = known * 2 < fates.count } }
            refused += tallied.withLock { $0.add(piece, fates) }
        }
        return refused
    }

    private func settle(_ rows: [ValidRecord]) throws -> [RowFate] {
        if let list = options.list { return try node.stage(rows, list: list, checkOnly: options.checkOnly == true, actor: actor) }
        return try node.check(rows, item: item, actor: actor)
    }

    func report(milliseconds: Int) -> ImportReport { tallied.withLock { $0.report(milliseconds: milliseconds) } }

    private static func refuseSpreadsheet(_ head: [UInt8]) throws(ControlFault) {
        guard FileForm(head) == .text else {
            throw ControlFault(
                "spreadsheet", zh: "节点只接收文本；电子表格由 creditnode import 命令读取", en: "the node takes text; spreadsheets are read by the command creditnode import",
                hint: "用 creditnode import 导入，或另存为CSV / use creditnode import, or save the file as CSV", exit: .badInput)
        }
    }
}
