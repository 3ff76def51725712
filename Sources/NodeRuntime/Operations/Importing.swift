import Intake
import NIOCore
import Node
import Registry
import Replication

extension NodeService {
    /// Rows judged together: what one change set holds.
    private static let batchRows = Header.maximumChanges
    /// Batches stored in one transaction: one at first, so that the parent has something soon, then twice as many each
    /// time up to this; and never more bytes than the other.
    private static let greatestTransaction = (batches: 4, bytes: 6 << 20)
    /// Bytes read together, and how many may lie unread.
    private static let input = (chunk: 256 << 10, limit: 512 << 10)
    /// How long nothing must come until what there is gets stored.
    private static let pause: Duration = .milliseconds(25)
    /// Refused rows told together.
    private static let rowsTogether = 50

    /// Reads a text file as it comes, takes the good rows, reports the bad ones. Rows are durable when
    /// progress tells them. Memory does not grow with the file: a caller who is slow to take refused rows slows the import.
    /// Rows are read and made ready while those before them are stored, one transaction ahead.
    ///
    /// - Parameter tell: progress; headings and refused rows when they are wanted. Never the end.
    /// - Throws: ``ControlFault``: no such item, bad actor, no catalogue, an option that makes no sense, or a spreadsheet.
    package func importFile<Body: AsyncSequence & Sendable>(
        _ options: ImportOptions, body: Body, tell: @escaping @Sendable (ImportEvent) async -> Void
    ) async throws -> ImportReport where Body.Element == ByteBuffer {
        let start = NIODeadline.now(), input = ImportInput(limit: Self.input.limit)
        do {
            return try await withThrowingTaskGroup(of: Void.self) { group in
                defer {
                    input.close()
                    group.cancelAll()
                }
                group.addTask {
                    do {
                        for try await buffer in body { await input.put(buffer) }
                        input.end(nil)
                    } catch {
                        input.end(error)
                    }
                }
                group.addTask {
                    while (try? await Task.sleep(for: Self.pause)) != nil { input.tick() }
                }
                let work = try await work(options, input, tell)
                if options.checkOnly != true {
                    let progress = work.progress
                    Measures.imported(effective: progress.effective, drafts: progress.drafts, unchanged: progress.unchanged, refused: progress.refused)
                }
                return work.report(milliseconds: Self.milliseconds(since: start))
            }
        } catch {
            throw ControlFault(error)
        }
    }

    private func work(_ options: ImportOptions, _ input: ImportInput, _ tell: @escaping @Sendable (ImportEvent) async -> Void) async throws -> ImportWork {
        let unit = try creditCode(options.actor.unit, "--unit")
        try checkReviewer(options.actor)
        var storing: Task<[ImportRow], any Error>?
        do {
            var taken = try await input.take(least: Self.input.chunk)
            let first = taken
            // A small file is done in one go, without a change of threads between its steps.
            let made = try await Offload.run { [node] in
                let work = try ImportWork(options, node: node, unit: unit) { try Self.intake(options, $0, node.environment.today) }
                let ready = try work.read(first)
                return (work: work, ready: first.isEnd ? [] : ready, refused: first.isEnd ? try Self.store(ready, work) : [])
            }
            let work = made.work
            var ready = made.ready, refused = made.refused, size = 1
            let teller = ImportTeller(work: work, together: Self.rowsTogether, tell: tell)
            while true {
                while taken.isPause ? !ready.isEmpty : Self.isEnough(ready, size) {
                    if let before = storing.take() { await teller.stored(try await before.value) }
                    let pieces = Array(ready.prefix(size))
                    ready.removeFirst(pieces.count)
                    storing = Task { try await Offload.run { try work.store(pieces) } }
                    size = min(size * 2, Self.greatestTransaction.batches)
                }
                // A pause leaves time to tell of all there is; otherwise the next rows are read meanwhile.
                if taken.isPause, let before = storing.take() { await teller.stored(try await before.value) }
                if taken.isEnd { break }
                let next = try await input.take(least: Self.input.chunk)
                ready += try await Offload.run { try work.read(next) }
                taken = next
            }
            if let before = storing.take() { await teller.stored(try await before.value) }
            if !ready.isEmpty {
                let rest = ready
                refused = try await Offload.run { try Self.store(rest, work) }
            }
            // The report says it all when it comes at once.
            await teller.stored(refused, tellsProgress: !first.isEnd)
            return work
        } catch {
            // What is being stored is let finish: nobody may use the replica after we have gone.
            _ = await storing?.result
            throw error
        }
    }

    private static func isEnough(_ ready: [ImportPiece], _ size: Int) -> Bool {
        ready.count >= size || ready.reduce(0, { $0 + $1.byteCount }) >= greatestTransaction.bytes
    }

    /// All that is left, in as few transactions as the bounds allow.
    private static func store(_ pieces: [ImportPiece], _ work: ImportWork) throws -> [ImportRow] {
        var refused: [ImportRow] = [], rest = pieces[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(greatestTransaction.batches))
            rest = rest.dropFirst(some.count)
            refused += try work.store(some)
        }
        return refused
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
}

/// Tells whoever asked for an import how it goes.
private final class ImportTeller {
    private let work: ImportWork
    private let together: Int
    private let tell: @Sendable (ImportEvent) async -> Void
    private var toldHeadings = false

    init(work: ImportWork, together: Int, tell: @escaping @Sendable (ImportEvent) async -> Void) {
        (self.work, self.together, self.tell) = (work, together, tell)
    }

    /// After a transaction: what it refused, and how far it all is.
    func stored(_ refused: [ImportRow], tellsProgress: Bool = true) async {
        if !refused.isEmpty, !toldHeadings {
            toldHeadings = true
            await tell(.headings(work.headings))
        }
        var rest = refused[...]
        while !rest.isEmpty {
            await tell(.refused(Array(rest.prefix(together))))
            rest = rest.dropFirst(together)
        }
        if tellsProgress { await tell(.progress(work.progress)) }
    }
}
