import Node
import Registry
import Replication

extension NodeService {
    func act(_ command: ActCommand) throws -> ActCommand.Response {
        let actor = command.actor.actor
        if let filed = try file(command) { return filed }
        let record = try actTarget(command)
        let version = try command.version.map { text throws(ControlFault) -> Context in
            guard let context = Context(version: text) else {
                throw ControlFault("version", zh: "--based-on 无效", en: "not a version: \(text.prefix(60))", hint: "creditnode show", exit: .badInput)
            }
            return context
        }
        if case .link(let other, let same, let reason) = command.request {
            let outcome = try node.link(record, try self.record(other), isSame: same, reason: Normalisation.line(reason), actor: actor)
            return try response(outcome, record, receipt: nil)
        }
        let receipt = try receipt(for: command.request)
        let outcome = try node.act(on: record, basedOn: version, actor: actor) { scene in
            try ActReader(
                item: scene.item, subject: scene.view.subject.kind, target: scene.target, today: scene.today, receipt: receipt ?? "",
                caseNamed: { try ActReader.objection(named: $0, in: scene.view) }
            ).act(command.request)
        }
        return try response(outcome, record, receipt: receipt)
    }

    /// The record of a case is the one its objection was written on: contexts speak of one record.
    private func actTarget(_ command: ActCommand) throws -> Dot {
        let record = try record(at: command) ?? record(command.record)
        guard let text = command.request.namedCase else { return record }
        let view = try node.view(of: record)
        guard let one = ActReader.caseID(text, in: view) else { throw ActReader.noCase(text, view) }
        return try node.record(ofChange: one) ?? record
    }

    func receipt(for request: ActRequest) throws -> String? {
        let given: String?
        switch request {
        case .object(let options): given = options.receipt
        case .review(_, let receipt, _, _): given = receipt
        case .repair(let step, let receipt, _, _, _):
            guard step == RepairStep.applied.name else { return receipt }
            given = receipt
        case .correct, .uphold, .reply, .forward, .publication, .litigation, .link, .fulfil: return nil
        }
        return try given.map { Normalisation.line($0) } ?? node.newReceipt()
    }

    private func response(_ outcome: ActOutcome, _ record: Dot, receipt: String?) throws -> ActCommand.Response {
        let view = outcome.view, changes = Set(outcome.changes)
        let effect: String
        if view.conflicts.contains(where: { $0.says.contains { changes.contains($0.change) } }) {
            effect = "conflict"
        } else if view.proposals.contains(where: { changes.contains($0.say.change) }) {
            effect = "proposal"
        } else if view.cases.contains(where: { $0.replies.contains { changes.contains($0.change) && $0.weight != .counts } }) {
            effect = "void"
        } else {
            effect = "counts"
        }
        return ActCommand.Response(
            record: record.description, changes: outcome.changes.map(\.description), receipt: receipt, effect: effect, label: view.shown.label.rawValue,
            dispute: view.dispute.rawValue, repair: view.repair.rawValue, publication: view.shown.publication.rawValue, reasons: view.shown.reasons.map(\.rawValue),
            tickets: view.tickets.map { "\($0.rule) \($0.reviewer.rawValue)" }, version: try node.version(of: record).version)
    }
}

extension ActRequest {
    /// The case it answers, by receipt or id.
    fileprivate var namedCase: String? {
        switch self {
        case .reply(let id, _, _, _), .review(let id, _, _, _), .forward(let id, _, _, _): id
        case .correct, .uphold, .object, .repair, .publication, .litigation, .link, .fulfil: nil
        }
    }
}

/// Turns what a person asked for into an act, or says what is wrong with it.
struct ActReader {
    let item: CatalogueItem
    let subject: SubjectKind
    let target: ReliefTarget
    let today: CivilDate
    let receipt: String
    /// The objection that a receipt or id names.
    let caseNamed: (String) throws -> Dot

    func act(_ request: ActRequest) throws -> RecordAct {
        switch request {
        case .correct(let set, let clear, let subject, let basis, let settles, let source):
            return .correction(try correction(set, clear, subject, basis, settles, source))
        case .uphold(let basis): return .upheld(InstrumentUpheld(basis: try self.basis(basis)))
        case .object(let options): return .objection(try objection(options))
        case .reply(let id, let outcome, let on, let basis):
            let found = try choice(outcome, ObjectionOutcome.allCases, \.name, "--outcome")
            return .reply(ObjectionReply(objection: try objection(named: id), outcome: found, basis: try self.basis(basis), repliedOn: try date(on)))
        case .review(let id, _, let on, let statement):
            return .reviewRequest(ReviewRequest(objection: try objection(named: id), receipt: receipt, requestedOn: try date(on), statement: try self.statement(statement)))
        case .forward(let id, let unit, let on, let reason):
            guard let code = CreditCode(unit) else { throw Self.badUnit(unit) }
            return .forwarding(Forwarding(objection: try objection(named: id), unit: code.text, forwardedOn: try date(on), reason: Normalisation.line(reason)))
        case .repair(let step, _, let on, let noRepeat, let basis):
            let step = try choice(step, RepairStep.allCases, \.name, "--step")
            return .repair(RepairAct(step: step, receipt: receipt, on: try date(on), basis: try self.basis(basis), noRepeat: noRepeat, target: target))
        case .publication(let step, let on, let confirmed, let reason):
            let step = try choice(step, PublicationStep.allCases, \.name, "--step")
            return .publication(PublicationMark(step: step, reason: Normalisation.line(reason), on: try date(on), confirmed: confirmed, target: target))
        case .litigation(let number, let closed, let note):
            return .litigation(LitigationMark(caseNumber: Normalisation.documentNumber(number), isClosed: closed, note: Normalisation.line(note)))
        case .link: preconditionFailure("links are written on both records")
        case .fulfil(let fulfilled, let basis):
            guard item.kind == .commitment else {
                throw ControlFault(
                    "not-a-commitment", zh: "只有信用承诺有履行情况（M42）；该记录为 \(item.titleZh)", en: "only commitments are kept or broken (M42); this record is of \(item.code)",
                    hint: "creditnode commitments", exit: .refused)
            }
            return .fulfilment(Fulfilment(isFulfilled: fulfilled, basis: try self.basis(basis)))
        }
    }

    private func correction(_ set: [FieldText], _ clear: [String], _ subject: String?, _ basis: BasisOptions, _ settles: String?, _ source: String?) throws -> Correction {
        var correction = Correction(basis: try self.basis(basis))
        correction.fields = try fields(set)
        correction.cleared = try numbers(clear)
        if let code = item.roles.subjectCode, case .text(let text)? = correction.fields.first(where: { $0.number == code })?.value {
            correction.subject = CreditCode(text).map { .organisation($0) }
        }
        if let subject {
            guard let code = CreditCode(subject) else { throw Self.badUnit(subject) }
            correction.subject = .organisation(code)
        }
        if let settles { correction.objection = try objection(named: settles) }
        if let source {
            guard let digest = Hex.decode(source).flatMap({ Digest($0) }) else {
                throw ControlFault("source", zh: "--source 应为 64 位十六进制摘要", en: "--source is a digest of 64 hexadecimal digits", hint: "sha256sum", exit: .badInput)
            }
            correction.source = digest
        }
        guard !correction.fields.isEmpty || !correction.cleared.isEmpty || correction.subject != nil else {
            throw ControlFault("nothing-set", zh: "没有写明更正什么", en: "nothing to correct is named", hint: "--set CODE=VALUE, --clear CODE", exit: .badInput)
        }
        return correction
    }

    private func objection(_ options: ObjectionOptions) throws -> Objection {
        guard let ground = ObjectionGround(name: options.ground) else {
            throw ControlFault(
                "ground", zh: "异议理由代码无效", en: "no such ground: \(options.ground.prefix(40))", hint: ObjectionGround.allCases.map(\.name).joined(separator: ", "), exit: .badInput)
        }
        let statement = try self.statement(options.statement)
        let claimed = try fields(options.claimed)
        let named = try numbers(options.fields)
        return Objection(
            ground: ground, fields: Set(named + claimed.map(\.number)).sorted(), claimed: claimed, receipt: receipt, acceptedOn: try date(options.acceptedOn),
            claimant: Normalisation.line(options.claimant), statement: statement, target: target)
    }

    /// What the subject says, in its own words (T8, T10).
    private func statement(_ text: String) throws -> String {
        let statement = Normalisation.line(text)
        guard !statement.isEmpty else {
            throw ControlFault("no-statement", zh: "须记下当事人的陈述（T8、T10）", en: "what the subject says is put down (T8, T10)", hint: "--statement", exit: .badInput)
        }
        return statement
    }

    // MARK: - Parts

    private func fields(_ cells: [FieldText]) throws -> [RecordField] {
        let reader = FieldReader(item: item, today: today)
        let (values, unfit, problems) = reader.read(cells.map { ($0.field, $0.text) }, subject: subject)
        if let name = unfit.first { throw unknownField(name) }
        if let problem = problems.first(where: { $0.severity == .error }) {
            throw ControlFault(
                problem.rule, zh: "\(problem.column)：\(problem.zh)", en: "\(problem.column): \(problem.en)", hint: "\(problem.remedyZh) / \(problem.remedyEn)", exit: .badInput)
        }
        return (0..<values.count).map { RecordField(number: values[$0].number, value: values[$0].value) }
    }

    private func numbers(_ names: [String]) throws -> [UInt32] {
        let reader = FieldReader(item: item, today: today)
        return Set(try names.map { name throws(ControlFault) in
            guard let number = reader.number(named: name) else { throw unknownField(name) }
            return number
        }).sorted()
    }

    private func unknownField(_ name: String) -> ControlFault {
        ControlFault(
            "field", zh: "事项 \(item.code) 没有字段 \(name.prefix(40))，或写了两次", en: "item \(item.code) has no field \(name.prefix(40)), or it is named twice",
            hint: item.fields.map(\.code).joined(separator: ", "), exit: .badInput)
    }

    private func basis(_ options: BasisOptions) throws -> Basis {
        guard let rank = InstrumentRank(rawValue: options.rank) else {
            throw ControlFault(
                "rank", zh: "--rank 应为 0 至 4", en: "--rank is 0…4", hint: "0 技术 technical · 1 本单位 deciding unit · 2 上级 superior · 3 复议 reconsideration · 4 法院 court",
                exit: .badInput)
        }
        let reason = Normalisation.line(options.reason)
        guard !reason.isEmpty else { throw ControlFault("no-reason", zh: "须写明理由", en: "an act states its reason", hint: "--reason", exit: .badInput) }
        guard rank < .superior || !Normalisation.documentNumber(options.document).isEmpty else {
            throw ControlFault(
                "no-document", zh: "执行上级、复议或法院文书（--rank 2…4）须写明文书号", en: "an instrument of R2 to R4 (--rank 2…4) is named by its document", hint: "--document", exit: .badInput)
        }
        return Basis(
            rank: rank, document: Normalisation.documentNumber(options.document), follows: Normalisation.documentNumber(options.follows), reason: reason)
    }

    private func date(_ text: String?) throws -> CivilDate {
        guard let text else { return today }
        guard let date = CivilDate.parse(text) else {
            throw ControlFault("date", zh: "日期应为 YYYY-MM-DD", en: "a date is YYYY-MM-DD", hint: "--on 2026-11-21", exit: .badInput)
        }
        return date
    }

    private func choice<One>(_ text: String, _ all: [One], _ name: KeyPath<One, String>, _ option: String) throws -> One {
        guard let found = all.first(where: { $0[keyPath: name] == text }) else {
            throw ControlFault("choice", zh: "\(option) 无效：\(text.prefix(40))", en: "\(option): no such value \(text.prefix(40))", hint: all.map { $0[keyPath: name] }.joined(separator: ", "), exit: .badInput)
        }
        return found
    }

    private func objection(named text: String) throws -> Dot { try caseNamed(text) }

    static func objection(named text: String, in view: RecordView) throws -> Dot {
        guard let id = caseID(text, in: view) else { throw noCase(text, view) }
        return id
    }

    /// An objection by its own id or by a receipt number.
    static func caseID(_ text: String, in view: RecordView) -> Dot? {
        let receipts = view.cases.flatMap(\.receipts)
        if let dot = Dot(text) { return receipts.first { $0.change == dot }?.change }
        return receipts.first { $0.number == text }?.change
    }

    static func noCase(_ text: String, _ view: RecordView) -> ControlFault {
        ControlFault(
            "no-such-case", zh: "该记录没有异议案件 \(text.prefix(100))", en: "the record has no case \(text.prefix(100))",
            hint: view.cases.flatMap(\.receipts).map(\.number).joined(separator: ", "), exit: .notFound)
    }

    private static func badUnit(_ text: String) -> ControlFault {
        ControlFault("credit-code", zh: "统一社会信用代码无效", en: "not a unified social credit code: \(text.prefix(40))", hint: "18位，不使用 I O S V Z / 18 characters without I O S V Z", exit: .badInput)
    }
}
