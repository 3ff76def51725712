import Registry
import Replication

/// Acts on one decision by named nodes, each with exactly what its author had seen: the material of the merge rules.
struct CaseStory {
    static let bureau = "11000000MERGE0017E", office = "11000000MERGE0025B", authority = "11000000MERGE00338"
    private(set) var changes: [HeldChange] = []
    private var counters: [String: UInt64] = [:]
    let home: String

    init(home: String = "wuhan/wuchang/jiyuqiao") { self.home = home }

    /// A record entered by the bureau at `node`.
    @discardableResult
    mutating func enter(
        at node: String? = nil, unit: String = bureau, amount: Int64 = 200_000, text: String = "罚款", subject: SubjectKey = .unregistered("某商行"), validity: Validity = .effective
    ) -> Dot {
        let at = node ?? home
        let state = RecordState(
            item: 1, home: nil, validity: validity, subject: subject,
            fields: [
                RecordField(number: 1, value: .text(text)), RecordField(number: 2, value: .text("〔2026〕1号")), RecordField(number: 3, value: .text(Self.bureau)),
                RecordField(number: 4, value: .amount(Amount(micros: amount) ?? .zero)), RecordField(number: 5, value: .date(day(0))),
            ])
        return add(at, unit, nil, [], .recordState(state))
    }

    @discardableResult
    mutating func act(_ act: RecordAct, on record: Dot, at node: String? = nil, unit: String = bureau, saw: [Dot] = []) -> Dot {
        add(node ?? home, unit, record, saw, .act(act))
    }

    @discardableResult
    mutating func revoke(_ record: Dot, rank: InstrumentRank = .decidingUnit, at node: String? = nil, unit: String = bureau, saw: [Dot] = [], on: CivilDate? = nil) -> Dot {
        add(
            node ?? home, unit, record, saw,
            .revocation(Revocation(naturalKey: .zero, authority: Self.bureau, document: "撤〔2026〕\(rank.rawValue)号", reason: "撤销", rank: rank, effectiveOn: on)))
    }

    /// A node above tells of the decision's record elsewhere; or a person takes note.
    @discardableResult
    mutating func say(_ act: FederationAct, of record: Dot, at node: String) -> Dot { add(node, Self.bureau, record, [], .federation(act)) }

    private mutating func add(_ node: String, _ unit: String, _ record: Dot?, _ saw: [Dot], _ kind: ChangeKind) -> Dot {
        counters[node, default: 0] += 1
        let dot = Dot(replica: replica(node), counter: counters[node] ?? 1)
        let by = Dictionary(grouping: saw, by: \.replica)
        let context = Context(by.keys.sorted().map { key in Context.Entry(replica: key, through: 0, later: Set((by[key] ?? []).map(\.counter)).sorted()) }) ?? .empty
        let change = Change(record: record, context: context, actor: Actor(unit: unit, operator: "甲", reviewer: "乙"), capturedAt: 1, kind: kind)
        changes.append(HeldChange(dot: dot, change: change, audience: .lineage(of: path(home), upTo: 1)))
        return dot
    }

    func views(_ circumstances: ViewCircumstances = .plain) -> [RecordView] { resolve(changes, in: circumstances) }

    func view(_ circumstances: ViewCircumstances = .plain) -> RecordView {
        guard let view = views(circumstances).first else { preconditionFailure("nothing is shown") }
        return view
    }
}

func day(_ number: Int) -> CivilDate { CivilDate(daysSinceEpoch: 20_600 + number) ?? .earliest }

func amount(_ micros: Int64) -> RecordField { RecordField(number: 4, value: .amount(Amount(micros: micros) ?? .zero)) }
func text(_ text: String) -> RecordField { RecordField(number: 1, value: .text(text)) }

extension Basis {
    static func of(_ rank: InstrumentRank = .decidingUnit, _ document: String = "", follows: String = "") -> Basis {
        Basis(rank: rank, document: document.isEmpty && rank >= .superior ? "决〔2026〕\(rank.rawValue)号" : document, follows: follows, reason: "理由")
    }
}

extension RecordAct {
    static func correct(_ fields: RecordField..., basis: Basis = .of()) -> RecordAct { .correction(Correction(fields: fields, basis: basis)) }
    static func rename(_ subject: SubjectKey, basis: Basis = .of()) -> RecordAct { .correction(Correction(subject: subject, basis: basis)) }
    static func object(_ ground: ObjectionGround = .inaccurate, fields: [UInt32] = [4], receipt: String = "R-1", on: Int = 0, claimant: String = "") -> RecordAct {
        .objection(
            Objection(
                ground: ground, fields: fields, receipt: receipt, acceptedOn: day(on), claimant: claimant, statement: "有误",
                target: ReliefTarget(naturalKey: .zero, authority: CaseStory.bureau)))
    }
    static func reply(_ objection: Dot, _ outcome: ObjectionOutcome, _ rank: InstrumentRank = .decidingUnit) -> RecordAct {
        .reply(ObjectionReply(objection: objection, outcome: outcome, basis: .of(rank), repliedOn: day(3)))
    }
    static func repair(_ step: RepairStep, noRepeat: Bool = false) -> RecordAct {
        .repair(
            RepairAct(
                step: step, receipt: "X-1", on: day(91), basis: .of(step == .provisional ? .court : .decidingUnit), noRepeat: noRepeat,
                target: step.isRelief ? ReliefTarget(naturalKey: .zero, authority: CaseStory.bureau) : nil))
    }
    static func mark(_ step: PublicationStep, confirmed: Bool = true) -> RecordAct {
        .publication(PublicationMark(step: step, reason: "核查", on: day(1), confirmed: confirmed, target: ReliefTarget(naturalKey: .zero, authority: CaseStory.bureau)))
    }
}

extension ViewCircumstances {
    /// A public penalty of a place with deadlines, seen ten days after the decision.
    static var plain: ViewCircumstances { on(10) }

    static func on(_ number: Int) -> ViewCircumstances {
        var roles = FieldRoles(subjectName: 1, documentNumber: 2, authorityCode: 3, decisionDate: 5)
        roles.severity = nil
        func field(_ number: UInt32, _ type: FieldType) -> FieldRule {
            FieldRule(number: number, code: "F\(number)", name: "字段\(number)", aliases: [], type: type, maxLength: 200, requirement: .optional, handling: .plain)
        }
        var item = CatalogueItem(
            code: "penalty", number: 1, titleZh: "行政处罚", titleEn: "penalty", bases: [], kind: .penalty, disclosure: .public, upToTier: 1, retentionDays: nil,
            fields: [field(1, .text), field(2, .text), field(3, .text), field(4, .amount), field(5, .date)], roles: roles)
        item.publication = .fixed(.general)
        var circumstances = ViewCircumstances(asOf: day(number), item: item)
        circumstances.profile = LegalProfile.standard("hubei")
        circumstances.calendar = WorkCalendar.standard
        return circumstances
    }
}
