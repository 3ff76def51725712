import Intake
import NIOCore
import Node
import Registry
import Replication

extension NodeService {
    /// Rows judged and stored in one transaction.
    private static let batchRows = 2000
    /// Refused rows told together.
    private static let rowsTogether = 50

    /// Reads a text file as it comes, takes the good rows, reports the bad ones. Rows of a batch are durable when
    /// its progress is told. Memory does not grow with the file: a caller who is slow to take refused rows slows the import.
    ///
    /// - Parameter tell: progress; headings and refused rows when they are wanted. Never the end.
    /// - Throws: ``ControlFault``: no such item, bad actor, no catalogue, an option that makes no sense, or a spreadsheet.
    package func importFile<Body: AsyncSequence & Sendable>(
        _ options: ImportOptions, body: Body, tell: @escaping @Sendable (ImportEvent) async -> Void
    ) async throws -> ImportReport where Body.Element == ByteBuffer {
        let start = NIODeadline.now()
        do {
            let (edition, item) = try await Offload.run { [node] () throws -> (Digest, CatalogueItem) in
                if options.list != nil { return (.zero, .listEntry) }
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
            let today = node.environment.today
            var tally = ImportTally(options: options, item: item)
            var reader = RowReader(item: item, today: today, unit: unit, options: try Self.intake(options, item, today))
            var head: [UInt8]? = []
            for try await buffer in body {
                tally.bytes += buffer.readableBytes
                var bytes = Array(buffer.readableBytesView)
                if let held = head {
                    bytes = held + bytes
                    head = bytes.count < FileForm.headBytes ? bytes : nil
                    try Self.refuseSpreadsheet(bytes)
                    if head != nil { continue }
                }
                var batches: [RowBatch] = []
                reader.feed(bytes) { batches.append($0) }
                try await store(batches, reader.findings, &tally, edition, tell)
            }
            var last: [RowBatch] = []
            if let head { reader.feed(head) { last.append($0) } }
            let summary = reader.finish { last.append($0) }
            try await store(last, reader.findings, &tally, edition, tell)
            tally.finish(summary, reader.findings)
            await tell(.progress(tally.progress))
            if options.checkOnly != true {
                Measures.imported(
                    effective: tally.progress.effective, drafts: tally.progress.drafts, unchanged: tally.progress.unchanged, refused: tally.progress.refused)
            }
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

    /// What the options ask of the reader.
    private static func intake(_ options: ImportOptions, _ item: CatalogueItem, _ today: CivilDate) throws(ControlFault) -> IntakeOptions {
        var intake = IntakeOptions()
        intake.batchSize = batchRows
        intake.keepsCells = options.wantsRows == true
        if let name = options.encoding {
            guard let encoding = TextEncoding(name: name) else {
                throw ControlFault("encoding", zh: "不认识的编码 \(name.prefix(40))", en: "unknown encoding \(name.prefix(40))", hint: TextEncoding.names, exit: .usage)
            }
            intake.encoding = encoding
        }
        if let name = options.delimiter {
            guard let delimiter = Delimiter(name: name) else {
                throw ControlFault("delimiter", zh: "不认识的分隔符 \(name.prefix(40))", en: "unknown delimiter \(name.prefix(40))", hint: "comma, tab, semicolon", exit: .usage)
            }
            intake.delimiter = delimiter
        }
        for one in options.supplied ?? [] {
            do throws(RowProblem) {
                let value = try SuppliedValue(one.field, one.value, item: item, today: today)
                if intake.supplied.contains(where: { $0.number == value.number }) {
                    throw RowProblem(row: 0, column: one.field, rule: .headerDuplicate)
                }
                intake.supplied.append(value)
            } catch {
                throw ControlFault(
                    "default", zh: "--default \(error.column)：\(error.zh)", en: "--default \(error.column): \(error.en)",
                    hint: "\(error.remedyZh) / \(error.remedyEn)", exit: .badInput)
            }
        }
        return intake
    }

    private static func refuseSpreadsheet(_ head: [UInt8]) throws(ControlFault) {
        guard FileForm(head) == .text else {
            throw ControlFault(
                "spreadsheet", zh: "节点只接收文本；电子表格由 creditnode import 命令读取", en: "the node takes text; spreadsheets are read by the command creditnode import",
                hint: "用 creditnode import 导入，或另存为CSV / use creditnode import, or save the file as CSV", exit: .badInput)
        }
    }

    private func store(
        _ batches: [RowBatch], _ findings: IntakeFindings, _ tally: inout ImportTally, _ edition: Digest, _ tell: @Sendable (ImportEvent) async -> Void
    ) async throws {
        for batch in batches {
            let before = tally
            let (after, refused) = try await Offload.run { [node] in
                var tally = before
                let records = batch.records.map(\.record), actor = tally.options.actor.actor
                let fates =
                    if records.isEmpty { [RowFate]() }
                    else if let list = tally.options.list { try node.stage(records, list: list, checkOnly: tally.options.checkOnly == true, actor: actor) }
                    else if tally.options.checkOnly == true { try node.check(records, item: tally.item, actor: actor) }
                    else { try node.record(records, item: tally.item, edition: edition, actor: actor) }
                let refused = tally.add(batch, fates)
                return (tally, refused)
            }
            tally = after
            if !refused.isEmpty, !tally.toldHeadings {
                tally.toldHeadings = true
                await tell(.headings(findings.headings))
            }
            var rest = refused[...]
            while !rest.isEmpty {
                await tell(.refused(Array(rest.prefix(Self.rowsTogether))))
                rest = rest.dropFirst(Self.rowsTogether)
            }
            await tell(.progress(tally.progress))
        }
    }
}
