import Node
import Registry
import Replication

extension NodeService {
    func enter(_ command: EnterCommand) throws -> EnterCommand.Response {
        let unit = try creditCode(command.actor.unit, "--unit"), actor = command.actor.actor
        let terms = try node.terms(item: command.item, actor: actor)
        let cells = try cells(command.fields, terms.item)
        let checked = validate(cells, terms.item, unit)
        let problems = checked.problems.map(ImportReport.Problem.init)
        guard let row = checked.record else { return EnterCommand.Response(fate: "refused", record: nil, version: nil, problems: problems) }
        let (fate, record) = try node.enter(row, terms)
        var response = EnterCommand.Response(fate: "", record: record?.description, version: nil, problems: problems)
        switch fate {
        case .effective: response.fate = "effective"
        case .unchanged: response.fate = "unchanged"
        case .differs(let other, let fields):
            throw ControlFault(
                "recorded-already", zh: "该决定已有记录 \(other)，内容不同：\(names(fields, terms.item))", en: "the decision is recorded already as \(other), with other values: \(names(fields, terms.item))",
                hint: "creditnode show \(other)", exit: .refused)
        case .revoked(let other):
            throw ControlFault(
                "revoked-before", zh: "该决定已撤销（\(other)），须有新的决定书（M33）", en: "the decision was revoked (\(other)); a new decision document is needed (M33)", hint: "", exit: .refused)
        case .purged(let other): throw Self.barred("purged-before", "该决定的记录已清除（\(other)），须有新的决定书（M43）", "the record of this decision was purged (\(other)); a new decision document is needed (M43)")
        case .returned(let other): throw Self.barred("returned-before", "该草稿已被退回，请先修改（\(other)）", "the draft was sent back: change it first (\(other))")
        case .optedOut: throw Self.barred("opted-out", "主体已表示不愿记录此类信息（M47）", "the subject does not want such records kept (M47)")
        case .draft:
            response.fate = "draft"
            if command.submit, let record {
                _ = try node.step(.submitted, drafts: [record], actor: actor)
                response.fate = "submitted"
            }
        }
        if let record, response.fate != "effective" { response.version = try? node.cells(ofDraft: record).version.description }
        return response
    }

    private static func barred(_ code: String, _ zh: String, _ en: String) -> ControlFault { ControlFault(code, zh: zh, en: en, hint: "", exit: .refused) }

    func edit(_ command: EditCommand) throws -> EditCommand.Response {
        let unit = try creditCode(command.actor.unit, "--unit"), id = try record(command.record)
        let draft = try node.cells(ofDraft: id)
        var cells = draft.cells
        for (code, value) in try self.cells(command.fields, draft.item) { cells[code] = value }
        for name in command.cleared { cells[try field(name, draft.item).code] = nil }
        let checked = validate(cells, draft.item, unit)
        let problems = checked.problems.map(ImportReport.Problem.init)
        guard let row = checked.record else { return EnterCommand.Response(fate: "refused", record: id.description, version: draft.version.description, problems: problems) }
        var basedOn = draft.version
        if let text = command.basedOn {
            guard let dot = Dot(text) else { throw ControlFault("version", zh: "--based-on 有误", en: "--based-on is no version: \(text.prefix(80))", hint: "creditnode drafts", exit: .badInput) }
            basedOn = dot
        }
        let version = try node.edit(draft: id, basedOn: basedOn, row: row, actor: command.actor.actor)
        return EnterCommand.Response(fate: "draft", record: id.description, version: version.description, problems: problems)
    }

    func draftStep(_ command: DraftStepCommand) throws -> DraftStepCommand.Response {
        let actor = command.actor.actor
        if command.step == .return, !command.all, command.records.count == 1, let id = try? record(command.records[0]), let view = try? node.view(of: id), view.drafting == nil {
            let change = try node.sendBack(id, code: command.code ?? "", reason: Normalisation.line(command.reason ?? ""), actor: actor)
            return DraftStepCommand.Response(step: "sent-back", records: [change.record])
        }
        let ids = command.all ? try fitting(command.step, actor) : try command.records.map { try record($0) }
        guard !ids.isEmpty else {
            throw ControlFault("no-drafts", zh: "没有可办理的草稿", en: "there is no draft for this step", hint: "creditnode drafts", exit: .notFound)
        }
        for start in stride(from: 0, to: ids.count, by: Node.draftsTogether) {
            let some = Array(ids[start..<min(ids.count, start + Node.draftsTogether)])
            switch command.step {
            case .submit: _ = try node.step(.submitted, drafts: some, actor: actor)
            case .approve: _ = try node.approve(some, actor: actor)
            case .return: _ = try node.step(.returned, drafts: some, code: command.code ?? "", reason: Normalisation.line(command.reason ?? ""), actor: actor)
            case .discard: _ = try node.step(.discarded, drafts: some, actor: actor)
            }
        }
        return DraftStepCommand.Response(step: command.step.rawValue, records: ids.map(\.description))
    }

    /// Drafts of the acting unit that a step fits; of a review those the actor neither wrote nor submitted.
    private func fitting(_ step: DraftStepCommand.Step, _ actor: Actor) throws -> [Dot] {
        var ids: [Dot] = [], after: Dot?
        repeat {
            let page = try node.drafts(after: after, limit: Node.draftsTogether)
            for line in page.lines where line.draft.author.unit == actor.unit {
                let isOthers = line.draft.author.operator != actor.operator && line.draft.submittedBy?.operator != actor.operator
                switch step {
                case .submit: if line.draft.submittedBy == nil, line.draft.returned == nil { ids.append(line.view.id) }
                case .approve, .return: if line.draft.submittedBy != nil, isOthers { ids.append(line.view.id) }
                case .discard: if line.draft.submittedBy == nil { ids.append(line.view.id) }
                }
            }
            after = page.next
        } while after != nil
        return ids
    }

    func drafts(_ command: DraftsCommand) throws -> DraftsCommand.Response {
        guard (1...1000).contains(command.limit) else { throw ControlFault("limit", zh: "每页1至1000条", en: "a page has 1…1000 drafts", hint: "--limit", exit: .badInput) }
        let page = try node.drafts(after: try command.after.map { try dot($0, hint: "creditnode drafts") }, limit: command.limit)
        return DraftsCommand.Response(drafts: try page.lines.map(line), next: page.next?.description)
    }

    func line(_ one: DraftLine) throws -> DraftsCommand.Line {
        let due = try one.item.flatMap { try node.deadlines(one.view, item: $0).deadlines.reportBy }
        let state = one.draft.submittedBy != nil ? "submitted" : one.draft.returned != nil ? "returned" : "draft"
        return DraftsCommand.Line(
            record: one.view.id.description, version: one.draft.version.description, item: one.item?.code ?? "\(one.view.item)", document: one.view.text(one.item?.roles.documentNumber),
            subject: shown(one.view.subject, ""), subjectName: one.view.text(one.item?.roles.subjectName), state: state, unit: one.draft.author.unit, author: one.draft.author.operator,
            writtenAt: Instant.text(one.draft.writtenAt), submittedBy: one.draft.submittedBy?.operator, submittedAt: one.draft.submittedBy == nil ? nil : one.draft.stepAt.map { Instant.text($0) },
            returned: one.draft.returned.map { DraftsCommand.Returned(code: $0.code, reason: $0.reason, by: $0.by.operator) },
            waitsFor: one.draft.submittedBy == nil ? one.draft.author.operator : "reviewer", reportBy: due?.date.description, provisional: due?.isProvisional ?? false,
            overdue: due.map { node.environment.today > $0.date } ?? false)
    }

    // MARK: - Fields

    private func validate(_ cells: [String: String], _ item: CatalogueItem, _ unit: CreditCode) -> (record: ValidRecord?, problems: [RowProblem]) {
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: node.environment.today, unit: unit)
        return validator.validate(row: 1, cells: item.fields.map { cells[$0.code] ?? "" })
    }

    /// Values by field code. - Throws: ``ControlFault`` for a field the item lacks, or one named twice.
    private func cells(_ fields: [String: String], _ item: CatalogueItem) throws(ControlFault) -> [String: String] {
        var cells: [String: String] = [:]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            let code = try field(name, item).code
            guard cells.updateValue(value, forKey: code) == nil else {
                throw ControlFault("field-twice", zh: "字段 \(code) 写了两次", en: "the field \(code) is named twice", hint: "", exit: .badInput)
            }
        }
        return cells
    }

    private func field(_ name: String, _ item: CatalogueItem) throws(ControlFault) -> FieldRule {
        let upper = name.uppercased()
        if let found = item.fields.first(where: { $0.code == upper || $0.name == name || $0.aliases.contains(name) }) { return found }
        throw ControlFault(
            "no-such-field", zh: "事项 \(item.code) 没有字段 \(name.prefix(60))", en: "the item \(item.code) has no field \(name.prefix(60))",
            hint: item.fields.map { "\($0.code) \($0.name)" }.joined(separator: ", "), exit: .badInput)
    }

    private func names(_ fields: [UInt32], _ item: CatalogueItem) -> String { fields.compactMap { item.field($0)?.code }.joined(separator: ", ") }
}
