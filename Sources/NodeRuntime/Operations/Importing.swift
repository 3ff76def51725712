import Intake
import NIOCore
import Node
import Registry
import Replication

extension NodeService {
    /// Rows judged and stored in one transaction.
    private static let batchRows = 2000

    /// Reads a file as it comes, takes the good rows, reports the bad ones. Rows of a batch are durable when
    /// its progress is told.
    /// - Throws: ``ControlFault``: no such item, bad actor, no catalogue, or the file's header cannot be used.
    package func importFile<Body: AsyncSequence & Sendable>(
        _ options: ImportOptions, body: Body, progress: @escaping @Sendable (ImportProgress) async -> Void
    ) async throws -> ImportReport where Body.Element == ByteBuffer {
        let start = NIODeadline.now()
        do {
            let (edition, item) = try await Offload.run { [node] in
                let current = try node.currentCatalogue()
                guard let item = current.catalogue.item(code: options.item) else {
                    throw ControlFault(
                        "item", zh: "目录中没有事项 \(options.item.prefix(40))", en: "the catalogue has no item \(options.item.prefix(40))",
                        hint: current.catalogue.items.map(\.code).joined(separator: ", "), exit: .badInput)
                }
                return (current.digest, item)
            }
            let unit = try creditCode(options.actor.unit, "--unit")
            try checkReviewer(options.actor)
            var tally = ImportTally(options: options, item: item)
            var reader = RowReader(item: item, today: node.environment.today, unit: unit, batchSize: Self.batchRows)
            for try await buffer in body {
                tally.bytes += buffer.readableBytes
                var batches: [RowBatch] = []
                let bytes = Array(buffer.readableBytesView)
                reader.feed(bytes) { batches.append($0) }
                for batch in batches {
                    tally = try await store(batch, tally, edition)
                    await progress(tally.progress)
                }
            }
            var last: [RowBatch] = []
            let summary = reader.finish { last.append($0) }
            for batch in last { tally = try await store(batch, tally, edition) }
            tally.finish(summary)
            await progress(tally.progress)
            Measures.imported(
                effective: tally.progress.effective, drafts: tally.progress.drafts, unchanged: tally.progress.unchanged, refused: tally.progress.refused)
            return tally.report(milliseconds: Self.milliseconds(since: start))
        } catch {
            throw ControlFault(error)
        }
    }

    private func checkReviewer(_ actor: ActorOptions) throws(ControlFault) {
        if actor.reviewer == actor.operator {
            throw ControlFault(
                "four-eyes", zh: "审核人不得与经办人为同一人（T3）", en: "the reviewer must be another person than the operator (rule T3)",
                hint: "由另一人审核，或省略 --reviewer 先存为草稿 / name another reviewer, or leave it out to keep drafts", exit: .refused)
        }
    }

    private func store(_ batch: RowBatch, _ tally: ImportTally, _ edition: Digest) async throws -> ImportTally {
        try await Offload.run { [node] in
            var tally = tally
            let fates = batch.records.isEmpty ? [] : try node.record(batch.records.map(\.record), item: tally.item, edition: edition, actor: tally.options.actor.actor)
            tally.add(batch, fates)
            return tally
        }
    }
}

/// Running counts of one import.
private struct ImportTally: Sendable {
    let options: ImportOptions
    let item: CatalogueItem
    var bytes = 0
    private var rows = 0, effective = 0, drafts = 0, unchanged = 0, refused = 0, warnings = 0, omitted = 0
    private var problems: [RowProblem] = []
    private var isFatal = false

    init(options: ImportOptions, item: CatalogueItem) {
        self.options = options
        self.item = item
    }

    mutating func add(_ batch: RowBatch, _ fates: [RowFate]) {
        for problem in batch.problems { add(problem) }
        for (one, fate) in zip(batch.records, fates) {
            switch fate {
            case .effective: effective += 1
            case .draft: drafts += 1
            case .unchanged: unchanged += 1
            case .revoked:
                refused += 1
                add(RowProblem(row: one.row, line: one.line, column: documentColumn, rule: .revokedBefore, value: one.record.documentNumber))
            case .differs(_, let fields):
                refused += 1
                let columns = fields.compactMap { item.field($0)?.code }.joined(separator: " ")
                add(RowProblem(row: one.row, line: one.line, column: columns, rule: .alreadyRecorded, value: one.record.documentNumber))
            }
        }
    }

    private var documentColumn: String { item.roles.documentNumber.flatMap { item.field($0) }?.code ?? "" }

    mutating func finish(_ summary: IntakeSummary) {
        rows = summary.rows
        refused += summary.refused
        isFatal = summary.isFatal
    }

    private mutating func add(_ problem: RowProblem) {
        if problem.severity == .warning { warnings += 1 }
        if problems.count < options.maximumProblems { problems.append(problem) } else { omitted += 1 }
    }

    var progress: ImportProgress {
        let counted = effective + drafts + unchanged + refused
        return ImportProgress(rows: max(rows, counted), bytes: bytes, effective: effective, drafts: drafts, unchanged: unchanged, refused: refused)
    }

    func report(milliseconds: Int) -> ImportReport {
        ImportReport(
            fileName: options.fileName, item: options.item, rows: rows, effective: effective, drafts: drafts, unchanged: unchanged,
            refused: isFatal ? max(refused, 1) : refused, warnings: warnings, problems: problems.map(ImportReport.Problem.init), problemsOmitted: omitted,
            milliseconds: milliseconds)
    }
}

extension ImportReport.Problem {
    fileprivate init(_ problem: RowProblem) {
        self.init(
            row: problem.row, column: problem.column, rule: problem.rule, value: problem.value, severity: problem.severity.name,
            zh: problem.zh, en: problem.en, remedyZh: problem.remedyZh, remedyEn: problem.remedyEn)
    }
}
