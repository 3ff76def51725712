import Node
import Registry
import Replication
import Storage

extension NodeService {
    func records(_ command: RecordsCommand) throws -> RecordsCommand.Response {
        guard (1...1000).contains(command.limit) else {
            throw ControlFault("limit", zh: "每页1至1000条", en: "a page has 1…1000 records", hint: "--limit", exit: .badInput)
        }
        var filter = RecordFilter(limit: command.limit)
        filter.home = try command.home.map { try path($0, "--home-path") }
        filter.subject = command.subject.map { CreditCode($0)?.text ?? $0 }
        let codes = itemCodes()
        if let item = command.item {
            guard let number = codes.first(where: { $0.value == item })?.key else {
                throw ControlFault("item", zh: "目录中没有事项 \(item)", en: "the catalogue has no item \(item)", hint: codes.values.sorted().joined(separator: ", "), exit: .badInput)
            }
            filter.item = number
        }
        filter.validity = try command.validity.map { try validity($0) }
        filter.after = try command.after.map { try dot($0) }
        let rows = try node.store.read { try $0.records(filter) }
        let lines = try node.describe(rows).map { one in
            let concealed = try node.concealment(of: one.row.id)
            if let concealed, concealed != .archived || command.archive != true {
                return RecordsCommand.Line(
                    record: one.row.id.description, item: codes[one.row.item] ?? "\(one.row.item)", validity: concealed.rawValue, home: one.row.home.description,
                    subject: "", subjectName: "", document: "", decidedOn: "")
            }
            return RecordsCommand.Line(
                record: one.row.id.description, item: codes[one.row.item] ?? "\(one.row.item)", validity: one.row.validity.name,
                home: one.row.home.description, subject: shown(one.state?.subject, one.row.subject),
                subjectName: one.state?.text(one.item?.roles.subjectName) ?? "", document: one.state?.text(one.item?.roles.documentNumber) ?? "",
                decidedOn: (one.item?.roles.decisionDate).flatMap { one.state?.value($0)?.tableText } ?? "")
        }
        return RecordsCommand.Response(records: lines, counts: try counts(), next: rows.count == command.limit ? rows.last?.id.description : nil)
    }

    func counts() throws -> [RecordsCommand.Count] {
        let codes = itemCodes()
        return try node.store.read { try $0.recordCounts() }.map {
            RecordsCommand.Count(home: $0.home.description, item: codes[$0.item] ?? "\($0.item)", validity: $0.validity.name, count: $0.count)
        }
    }

    func show(_ command: ShowCommand) throws -> ShowCommand.Response {
        let id = try record(command.record)
        if let concealed = try node.concealment(of: id), concealed != .archived || command.archive != true { throw Self.concealed(concealed) }
        let detail = try node.show(id)
        let view = detail.view
        return ShowCommand.Response(
            record: view.id.description, item: detail.item?.code ?? "\(view.item)", itemTitle: detail.item?.titleZh ?? "",
            validity: view.validity.name, label: label(view), home: view.home.description, subject: shown(view.subject, ""),
            fields: view.fields.map { field in
                let rule = detail.item?.field(field.number)
                return ShowCommand.Field(code: rule?.code ?? "\(field.number)", name: rule?.name ?? "", value: field.value.tableText)
            },
            deadlines: try deadlines(view, detail.item), history: detail.history.map(event), attachments: try attachmentLines(of: id),
            version: try node.version(of: id).version, view: try parts(view, detail.item))
    }

    private func deadlines(_ view: RecordView, _ item: CatalogueItem?) throws -> [ShowCommand.Deadline] {
        guard let item, view.validity == .effective else { return [] }
        let (due, profile, calendar) = try node.deadlines(view, item: item)
        var out: [ShowCommand.Deadline] = []
        if let reportBy = due.reportBy, let calendar {
            out.append(.init(name: "report-by", date: reportBy.date.description, provisional: reportBy.isProvisional, basis: "\(item.code) · \(calendar.code) \(calendar.number)"))
        }
        let law = profile.map { "\($0.code) \($0.number)" + (due.span.map { " · \($0.scheme)" } ?? "") + ($0.isUnverified ? " · unverified" : "") } ?? item.code
        if due.isPublic {
            out.append(.init(name: "public-until", date: due.publicUntil?.description, provisional: false, basis: law))
            if let span = due.span { out.append(.init(name: "repair-from", date: span.repairableFrom.description, provisional: false, basis: law)) }
        } else {
            out.append(.init(name: "not-public", date: nil, provisional: false, basis: law))
        }
        if let kept = try node.retention(of: view.id) {
            let basis = kept.basis + (kept.isVerified ? "" : " · unverified")
            if let from = kept.archiveFrom { out.append(.init(name: "archive-from", date: from.description, provisional: !kept.isVerified, basis: basis)) }
            if let from = kept.purgeFrom { out.append(.init(name: "purge-from", date: from.description, provisional: !kept.isVerified, basis: basis)) }
        }
        return out
    }

    private static func concealed(_ concealment: Concealment) -> ControlFault {
        switch concealment {
        case .purged: ControlFault("purged", zh: "该记录已按规定清除", en: "the record was purged", hint: "creditnode retention", exit: .refused)
        case .optedOut:
            ControlFault("opted-out", zh: "主体不愿记录此类信息，内容不予显示", en: "the subject does not want such records kept; it is not shown", hint: "creditnode purge --ground opt-out", exit: .refused)
        case .archived:
            ControlFault("archived", zh: "该记录已归档，仅限授权查阅", en: "the record is in the archive: for authorised readers", hint: "授权查阅 / authorised reading: --archive", exit: .refused)
        }
    }

    /// A record by its id, or by a document number that only one has.
    func record(_ text: String) throws -> Dot {
        if let dot = Dot(text) { return dot }
        let several = try node.records(documentNumber: text, limit: 3)
        if several.count == 1 { return several[0] }
        guard several.isEmpty else {
            throw ControlFault(
                "several-records", zh: "不止一条记录用文书号 \(text.prefix(100))，请写记录编号", en: "more than one record has document number \(text.prefix(100)); name one by its id",
                hint: several.map(\.description).joined(separator: "  "), exit: .badInput)
        }
        throw ControlFault(
            "no-such-record", zh: "本节点没有此编号或文书号的记录：\(text.prefix(100))", en: "no record here has this id or document number: \(text.prefix(100))",
            hint: "creditnode records；异地记录须写明 --item --authority --about / of a record held elsewhere name these", exit: .notFound)
    }

    private func event(_ event: HistoryEvent) -> ShowCommand.Event {
        let judgement: String
        switch event.judgement {
        case .accepted: judgement = "accepted"
        case .waiting(let missing): judgement = "waiting: \(missing)"
        case .quarantined(let rule, let detail): judgement = "quarantined: \(rule): \(detail)"
        }
        return ShowCommand.Event(
            change: event.dot.description, kind: event.change?.kind.name ?? "missing", author: event.dot.replica.path.description,
            unit: event.change?.actor.unit ?? "", operator: event.change?.actor.operator ?? "", reviewer: event.change?.actor.reviewer,
            capturedAt: event.change.map { Instant.text($0.capturedAt) } ?? "", audience: event.ledger.audience.description, sequence: event.sequence,
            judgement: judgement, verification: event.fault.map(\.description) ?? "verified \(event.key.short) \(event.suite.name)",
            durableAt: event.durableAt?.description, verdict: event.verdict.map { "\($0.rule): \($0.detail)" })
    }

    /// The displayed label, the first that applies (rules.md 3.3).
    private func label(_ view: RecordView) -> String {
        switch view.shown.label {
        case .purged: "已清除 purged"
        case .revoked: "撤销 revoked"
        case .merged: "并入 merged"
        case .expired: "已过期 expired"
        case .repaired: "已修复 repaired"
        case .disputed: "异议中 disputed"
        case .corrected: "已更正 corrected"
        case .effective: "有效 effective"
        case .submitted: "待审 submitted"
        case .draft: "草稿 draft"
        }
    }

    func viewDigest(_ command: DigestCommand) throws -> DigestCommand.Response {
        let home = try path(command.home, "PATH")
        let views = try node.viewDigest(home: home)
        let published = try node.publishedDigest()
        return DigestCommand.Response(
            home: home.description, records: views.records, digest: views.digest.description, published: published.digest.description,
            publishedObjects: published.objects, authors: try node.authors().map(\.description))
    }

    // MARK: - Reading arguments

    func path(_ text: String, _ option: String) throws(ControlFault) -> NodePath {
        guard let path = NodePath(text) else {
            throw ControlFault("path", zh: "\(option)：节点路径无效", en: "\(option): not a node path: \(text.prefix(80))", hint: "wuhan/wuchang/jiyuqiao", exit: .badInput)
        }
        return path
    }

    func dot(_ text: String, zh: String = "记录编号", en: String = "record id", hint: String = "creditnode records") throws(ControlFault) -> Dot {
        guard let dot = Dot(text) else {
            throw ControlFault("record-id", zh: "\(zh)有误：\(text.prefix(80))", en: "not a \(en): \(text.prefix(80))", hint: "\(hint)；PATH#INCARNATION:N", exit: .badInput)
        }
        return dot
    }

    private func validity(_ text: String) throws(ControlFault) -> Validity {
        guard let validity = [Validity.draft, .submitted, .effective, .revoked].first(where: { $0.name == text }) else {
            throw ControlFault("validity", zh: "状态应为 draft、submitted、effective 或 revoked", en: "validity is draft, submitted, effective or revoked", hint: "", exit: .badInput)
        }
        return validity
    }

    /// A subject as it may be shown: never a person's number.
    func shown(_ subject: SubjectKey?, _ fallback: String) -> String {
        switch subject {
        case .organisation(let code): code.text
        case .unregistered(let name): name
        case .person(let number): "\(number.document.name) #\(number.digest.short)"
        case .listed(let listed): "#\(listed.digest.short)"
        case nil: fallback.hasPrefix("person:") ? "#" + fallback.suffix(64).prefix(12) : fallback
        }
    }
}

extension Validity {
    /// Stable name.
    var name: String {
        switch self {
        case .draft: "draft"
        case .submitted: "submitted"
        case .effective: "effective"
        case .revoked: "revoked"
        }
    }
}
