import Node
import Registry
import Replication

/// Work taken at this window on records that this node does not hold.
extension NodeService {
    /// - Returns: nil when the record is held here and is acted on directly.
    func file(_ command: ActCommand) throws -> ActCommand.Response? {
        guard let options = command.address else { return nil }
        let address = try address(options, document: command.record)
        if try node.record(at: address) != nil { return nil }
        let actor = command.actor.actor
        guard let item = try node.currentCatalogue().catalogue.item(code: address.item) else { preconditionFailure("the address was read with this item") }
        let receipt = try receipt(for: command.request)
        let filing = try node.file(at: address, actor: actor) { target, today in
            try ActReader(item: item, subject: address.subject.kind, target: target, today: today, receipt: receipt ?? "", caseNamed: { try self.filedCase($0) })
                .act(command.request)
        }
        return ActCommand.Response(
            record: "", changes: [filing.description], receipt: receipt, effect: "filed", label: "", dispute: "", repair: "", publication: "", reasons: [],
            tickets: [], version: "")
    }

    /// The record that an address names where it is held here.
    func record(at command: ActCommand) throws -> Dot? {
        guard let options = command.address else { return nil }
        return try node.record(at: try address(options, document: command.record))
    }

    private func address(_ options: AddressOptions, document: String) throws -> RecordAddress {
        RecordAddress(
            item: options.item, document: document, authority: options.authority, subject: try subject(options.subject, person: options.person, "--about"), itemNumber: Normalisation.line(options.itemNumber),
            keys: options.keys, home: try options.home.map { try path($0, "--home-path") })
    }

    /// A case by the id or receipt of an objection that was filed here.
    private func filedCase(_ text: String) throws -> Dot {
        if let dot = Dot(text) { return dot }
        let found = try node.filings().filter { $0.filing.receipt == text && $0.id.replica.path == node.path }
        guard found.count == 1 else {
            throw ControlFault(
                "no-such-case", zh: "本窗口没有受理过回执号为 \(text.prefix(100)) 的异议", en: "no objection with receipt \(text.prefix(100)) was filed here",
                hint: "creditnode filings", exit: .notFound)
        }
        return found[0].id
    }

    func filings(_ command: FilingsCommand) throws -> FilingsCommand.Response {
        do {
            switch command.action {
            case .list(let open): return FilingsCommand.Response(filings: try node.filings(open: open).map(line))
            case .show(let text): return FilingsCommand.Response(filings: [line(try node.filing(try filing(text)))])
            case .assign(let text, let record, let actor):
                let id = try filing(text)
                _ = try node.assign(id, to: try self.record(record), actor: actor.actor)
                return FilingsCommand.Response(filings: [line(try node.filing(id))])
            }
        } catch {
            throw ControlFault(error)
        }
    }

    private func filing(_ text: String) throws -> Dot {
        if let dot = Dot(text) { return dot }
        let found = try node.filings().filter { $0.filing.receipt == text }
        guard found.count == 1 else {
            throw ControlFault(
                "no-such-filing", zh: "没有唯一对应的异地受理件：\(text.prefix(100))", en: "no filing, or several, match \(text.prefix(100))", hint: "creditnode filings",
                exit: .notFound)
        }
        return found[0].id
    }

    func line(_ report: FilingReport) -> FilingsCommand.Line {
        var waits: String?
        if case .waiting(let missing) = report.judgement { waits = missing.description }
        return FilingsCommand.Line(
            filing: report.id.description, act: report.filing.act.name, receipt: report.filing.receipt, takenAt: report.id.replica.path.description,
            capturedAt: Instant.text(report.capturedAt), authority: report.filing.target.authority, naturalKey: report.filing.target.naturalKey.short,
            state: report.state?.name ?? (report.routes.isEmpty ? "sent" : FilingState.taken.name), waitsFor: waits,
            records: report.routes.map(\.record.description),
            answers: report.answers.map { one in
                FilingsCommand.Answer(
                    by: one.author.description, state: one.answer.state.name, home: one.answer.home?.description, unit: one.answer.reply?.unit,
                    repliedOn: one.answer.reply?.repliedOn.description, document: one.answer.reply?.basis.document, reason: one.answer.reply?.basis.reason)
            })
    }
}
