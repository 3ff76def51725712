import Registry
import Replication
import Testing

/// Changes written straight from validated rows, beside the general way.
@Suite struct RecordFrameTests {
    private let unit = "11000000TEXT00017D"
    private let today = CivilDate(year: 2025, month: 6, day: 1)

    private func records(_ code: String, _ count: Int, seed: UInt64) throws -> [ValidRecord] {
        let item = try #require(Catalogue.standard.item(code: code)), today = try #require(today)
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: nil)
        var random = SplitMix(seed: seed)
        let words = ["短", String(repeating: "违法事实", count: 60), "a;b", "\u{1F600}", "第１２号", "准予 许可"]
        return try (0..<count).map { index in
            let cells = item.fields.map { rule -> String in
                switch rule.handling {
                case .doNotCollect, .personalNumber: return ""
                case .creditCode: return index % 5 == 0 && rule.number == item.roles.subjectCode ? " 91000000TEXT000250 " : rule.number == item.roles.subjectCode ? "91000000TEXT000250" : unit
                case .codeList(let values, _):
                    if rule.number == item.roles.subjectClass { return "法人及非法人组织" }
                    if rule.number == item.roles.personIDType { return "" }
                    return rule.number == item.roles.procedure ? "普通程序" : values.randomElement(using: &random) ?? ""
                case .documentNumber: return "（2025）测字第\(index)号"
                case .plain:
                    switch rule.type {
                    case .text: return String(String.UnicodeScalarView((words.randomElement(using: &random) ?? "").unicodeScalars.prefix(rule.maxLength)))
                    case .date: return rule.number == item.roles.validTo ? "2099/12/31" : "2024/05/\(10 + index % 20)"
                    case .amount: return "\(Int.random(in: 0...99_999, using: &random)).\(Int.random(in: 1...9, using: &random))"
                    }
                }
            }
            let (record, problems) = validator.validate(row: index + 1, cells: cells)
            return try #require(record, "\(code) \(problems.map(\.rule)) \(problems.map(\.column))")
        }
    }

    private func change(_ frame: RecordFrame, _ record: ValidRecord) throws -> Change {
        guard case .organisation(let code) = record.subject else { throw Unexpected() }
        let state = RecordState(
            item: record.item, home: nil, validity: frame.validity, subject: .organisation(code), fields: record.fields.map { RecordField(number: $0.number, value: $0.value) })
        return Change(actor: frame.actor, capturedAt: frame.capturedAt, editions: frame.editions, kind: .recordState(state))
    }

    private struct Unexpected: Error {}

    @Test("A row is written byte for byte as its change would be, and keyed as its state", arguments: ["permit", "penalty"])
    func sameBytes(item: String) throws {
        for (index, record) in try records(item, 200, seed: 28).enumerated() {
            let frame = RecordFrame(
                actor: Actor(unit: unit, operator: "经办甲", reviewer: index % 2 == 0 ? "审核乙" : nil), capturedAt: UInt64(index) << 33, editions: [Digest(a: 1, b: 2, c: 3, d: UInt64(index))],
                item: record.item, validity: index % 2 == 0 ? .effective : .draft)
            let change = try change(frame, record), body = try #require(frame.body(of: record))
            #expect(try body == change.serializedGenerally())
            #expect(try Change(serialized: body) == change)
            guard case .recordState(let state) = change.kind else { continue }
            #expect(NaturalKey(record, item: record.table.item) == NaturalKey(state, item: record.table.item))
            #expect(NaturalKey(record, item: record.table.item) != nil)
        }
    }

    @Test("What a frame is judged to be, each of its records is")
    func judgedOnce() throws {
        let record = try #require(try records("permit", 1, seed: 1).first), digest = Digest(a: 9, b: 9, c: 9, d: 9)
        let street = replica("wuhan/wuchang/jiyuqiao")
        let held: [Digest: EditionInForce] = [digest: .catalogue(CatalogueInForce(.standard))]
        let circumstances = Circumstances(edition: { held[$0] }, holds: { _ in false }, naturalKey: { _ in nil })
        let lineage = Audience.lineage(of: street.path, upTo: 1)
        let actors = [actor, Actor(unit: unit, operator: "甲"), Actor(unit: unit, operator: "甲", reviewer: "甲"), Actor(unit: "x", operator: "甲", reviewer: "乙")]
        var verdicts: Set<String> = []
        for actor in actors {
            for audience in [lineage, .local, .published, .lineage(of: street.path, upTo: 2)] {
                for lane in Lane.allCases {
                    for editions in [[digest], [Digest.zero], []] {
                        for (item, validity) in [(record.item, Validity.effective), (record.item, .draft), (9999, .effective)] {
                            let frame = RecordFrame(actor: actor, capturedAt: 1, editions: editions, item: item, validity: validity)
                            let ledger = LedgerID(replica: street, audience: audience, lane: lane)
                            var change = try change(frame, record)
                            if case .recordState(var state) = change.kind {
                                state.item = item
                                change.kind = .recordState(state)
                            }
                            let whole = judge(change, dot: Dot(replica: street, counter: 1), ledger: ledger, in: circumstances)
                            #expect(judge(frame, ledger: ledger, in: circumstances).isLike(whole), "\(frame.validity) \(ledger) \(whole)")
                            verdicts.insert(whole.sort)
                        }
                    }
                }
            }
        }
        #expect(verdicts.isSuperset(of: ["accepted", "waiting", "wrong-lane", "four-eyes", "actor-unit", "wrong-audience", "unknown-item", "no-edition", "draft-shared"]), "\(verdicts)")
    }
}

extension Judgement {
    fileprivate var sort: String {
        switch self {
        case .accepted: "accepted"
        case .waiting: "waiting"
        case .quarantined(let rule, _): rule
        }
    }

    fileprivate func isLike(_ other: Judgement) -> Bool { sort == other.sort }
}
