import Foundation
import Node
import Registry
import Replication
import Testing

/// Judging records on their bytes comes to exactly what decoding and judging them in general comes to.
@Suite struct PlainJudgeTests {
    private static let home = "wuhan/wuchang/jiyuqiao"
    private static let catalogueDigest = Digest(a: 1, b: 1, c: 1, d: 1), unitsDigest = Digest(a: 2, b: 2, c: 2, d: 2), otherDigest = Digest(a: 3, b: 3, c: 3, d: 3)

    private let soaking = ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] != nil

    private struct Dice: RandomNumberGenerator {
        let source: TestRandom
        mutating func next() -> UInt64 { source.next() }
    }

    private func ledger(_ audience: Audience? = nil, lane: Lane = .ordinary) throws -> LedgerID {
        let path = try #require(NodePath(Self.home))
        return LedgerID(replica: ReplicaID(path: path, incarnation: Incarnation(high: 1, low: 2)), audience: audience ?? .lineage(of: path, upTo: 1), lane: lane)
    }

    private func editions() throws -> (Digest) -> EditionInForce? {
        let path = try #require(NodePath(Self.home)), unit = try #require(CreditCode(TestFederation.clerk.unit))
        let catalogue = CatalogueInForce(.standard)
        let units = UnitRegistry(
            number: 1, title: "单位", units: [UnitEntry(code: unit, name: "甲局", kind: .organ, division: "420106", nodes: [path], tier: 3, roles: [])])
        return { digest in
            switch digest {
            case Self.catalogueDigest: .catalogue(catalogue)
            case Self.unitsDigest: .units(units)
            case Self.otherDigest: .other
            default: nil
            }
        }
    }

    /// A change that every rule accepts.
    private func good(_ table: String, _ index: Int) throws -> Change {
        let item = try #require(Catalogue.standard.item(code: table))
        let today = try #require(CivilDate(year: 2026, month: 1, day: 1))
        let result = try TestRows.validator(item, today: today).validate(row: 1, cells: table == "permit" ? TestRows.cells(index, street: "x") : TestRows.penalty(index))
        let record = try #require(result.record, "\(result.problems)")
        guard case .organisation(let code) = record.subject else { preconditionFailure("the row names an organisation") }
        return Change(
            actor: TestFederation.clerk, capturedAt: 5, editions: [Self.catalogueDigest],
            kind: .recordState(
                RecordState(
                    item: item.number, home: nil, validity: .effective, subject: .organisation(code),
                    fields: record.fields.map { RecordField(number: $0.number, value: $0.value) })))
    }

    private let texts = [
        "", " a", "a ", "Ａ", "a\u{202E}b", "a\nb", "测许[2023]12号", "测许〔2023〕12号", "号11010519491231002X", "11010519491231002X", "罚款;警告", "警告", "罚款；警告", "罚款;罚款", "其他-补正",
        "普通", "特许;普通", "法人及非法人组织", "个体工商户", "自然人", "91000000TEXT000250", "91000000TEXT000251", "00000000000000000X", "91000000text000250", "1", "3", "锟斤拷", "Ã©",
        "\u{E000}", "\u{1F600}", "\u{301}", "罚\u{FE00}款", "简易程序", "2023/05/12", String(repeating: "名", count: 201), String(repeating: "甲乙", count: 2000),
    ]

    private func mutate(_ change: inout Change, _ dice: inout Dice) throws {
        guard case .recordState(var state) = change.kind else { return }
        switch Int.random(in: 0..<20, using: &dice) {
        case 0: change.actor = [TestFederation.loneClerk, Actor(unit: "11000000TEXT00017D", operator: "甲", reviewer: "甲"), Actor(unit: "x", operator: "甲", reviewer: "乙"),
            Actor(unit: "11000000TEXT00017D", operator: "", reviewer: "乙"), Actor(unit: "91000000TEXT000250", operator: "é", reviewer: "e\u{301}")].randomElement(using: &dice) ?? change.actor
        case 1: change.editions = [[], [Self.otherDigest], [Self.catalogueDigest, Self.unitsDigest], [Self.catalogueDigest, Self.otherDigest], [Self.unitsDigest, Self.catalogueDigest],
            [Digest(a: 9, b: 9, c: 9, d: 9)], [Self.catalogueDigest, .zero], Array(repeating: Self.catalogueDigest, count: 16)].randomElement(using: &dice) ?? []
        case 2: state.item = [0, 1, 2, 3, 77, 1 << 20].randomElement(using: &dice) ?? 1
        case 3: state.home = [NodePath(Self.home), NodePath("wuhan"), NodePath("wuhan/wuchang/x"), nil].randomElement(using: &dice) ?? nil
        case 4: state.validity = [Validity.draft, .submitted, .effective].randomElement(using: &dice) ?? .draft
        case 5: state.subject = [SubjectKey.unregistered("某户"), .organisation(try #require(CreditCode("11000000TEXT00017D"))),
            .person(PersonNumber(document: .citizenID, digest: .zero, ciphertext: [1], sealedAt: try #require(NodePath("wuhan")), keyEpoch: 1)), .listed(ListedPerson(epoch: 1, digest: .zero))]
            .randomElement(using: &dice) ?? state.subject
        case 6: change.record = [nil, Dot(replica: try ledger().replica, counter: 3), Dot(replica: ReplicaID(path: try #require(NodePath("wuhan")), incarnation: Incarnation(high: 1, low: 1)), counter: 3)]
            .randomElement(using: &dice) ?? nil
        case 7: change.previous = UInt64.random(in: 0...2, using: &dice)
        case 8: if !state.fields.isEmpty { state.fields.remove(at: Int.random(in: 0..<state.fields.count, using: &dice)) }
        case 9: state.fields.append(RecordField(number: UInt32.random(in: 31...130, using: &dice), value: .text("x")))
        default:
            guard let at = state.fields.indices.randomElement(using: &dice) else { break }
            let value: FieldValue
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: value = .date(try #require(CivilDate(daysSinceEpoch: Int.random(in: 10_000...30_000, using: &dice))))
            case 1: value = .amount(try #require(Amount(micros: Int64.random(in: 0...5_000_000, using: &dice))))
            case 2: if case .text(let old) = state.fields[at].value { value = .text(old + (texts.randomElement(using: &dice) ?? "")) } else { value = state.fields[at].value }
            default: value = .text(texts.randomElement(using: &dice) ?? "")
            }
            state.fields[at] = RecordField(number: state.fields[at].number, value: value)
        }
        change.kind = .recordState(state)
    }

    private struct Outcome: Equatable {
        var item: UInt32
        var validity: Validity
        var subject: String
        var key: [UInt8]
    }

    /// By the general way; nil where it does not accept, or accepts something that is not plain.
    private func general(_ body: [UInt8], _ ledger: LedgerID, _ editions: @escaping (Digest) -> EditionInForce?) -> Outcome? {
        guard let change = try? Change(generally: body), case .recordState(let state) = change.kind else { return nil }
        let circumstances = Circumstances(edition: editions, holds: { _ in false }, naturalKey: { _ in nil })
        guard judge(change, dot: Dot(replica: ledger.replica, counter: 1), ledger: ledger, in: circumstances) == .accepted else { return nil }
        guard change.record == nil, change.origin == nil, change.previous == 0, change.context == .empty, case .organisation = state.subject else { return nil }
        guard let item = Catalogue.standard.item(number: state.item), item.keyFields.isEmpty, let key = NaturalKey(state, item: item) else { return nil }
        return Outcome(item: state.item, validity: state.validity, subject: state.subject.lookupText, key: key.bytes)
    }

    private func plain(_ body: [UInt8], _ judge: inout PlainJudge) -> Outcome? {
        // Not at the beginning of its buffer, as in a set.
        let buffer: [UInt8] = [1, 2, 3] + body + [4]
        var keys: [UInt8] = [9]
        guard let row = judge.accept(buffer.span, 3..<3 + body.count, keys: &keys) else {
            #expect(keys == [9])
            return nil
        }
        #expect(row.key == 1..<keys.count)
        return Outcome(item: row.item, validity: row.validity, subject: String(decoding: buffer[row.subject], as: UTF8.self), key: Array(keys[row.key]))
    }

    @Test("Records with every part altered: accepted on their bytes exactly when accepted in general, with the same key", arguments: ["lineage", "local", "narrow", "published", "relief"])
    func altered(_ kind: String) throws {
        let path = try #require(NodePath(Self.home))
        let ledger: LedgerID
        switch kind {
        case "local": ledger = try self.ledger(.local)
        case "narrow": ledger = try self.ledger(.lineage(of: path, upTo: 2))
        case "published": ledger = try self.ledger(.published)
        case "relief": ledger = try self.ledger(lane: .relief)
        default: ledger = try self.ledger()
        }
        let editions = try self.editions()
        // One judge throughout: what it remembers of one change must not speak for the next.
        var judge = PlainJudge(ledger: ledger, edition: editions)
        var dice = Dice(source: TestRandom(seed: 0x29))
        let originals = try ["permit", "penalty"].map { try good($0, 7) }
        var accepted = 0, left = 0
        for round in 0..<(soaking ? 50_000 : 1200) {
            var change = originals[Int.random(in: 0..<originals.count, using: &dice)]
            for _ in 0..<Int.random(in: 0...3, using: &dice) { try mutate(&change, &dice) }
            let body = try change.serialized()
            let quick = plain(body, &judge), slow = general(body, ledger, editions)
            #expect(quick == slow, "round \(round): \(change)")
            if quick == nil { left += 1 } else { accepted += 1 }
        }
        #expect(left > 250)
        if kind == "lineage" || kind == "local" { #expect(accepted > 250, "\(accepted)") } else { #expect(accepted == 0) }
    }

    @Test("Broken and altered bytes: nothing is accepted that the general way would not accept")
    func brokenBytes() throws {
        let ledger = try self.ledger(), editions = try self.editions()
        var judge = PlainJudge(ledger: ledger, edition: editions)
        var dice = Dice(source: TestRandom(seed: 0x30))
        let originals = try ["permit", "penalty"].map { try good($0, 3).serialized() }
        var accepted = 0
        for round in 0..<(soaking ? 100_000 : 2000) {
            var body = originals[round & 1]
            for _ in 0..<Int.random(in: 0...2, using: &dice) {
                let at = Int.random(in: 0..<body.count, using: &dice)
                switch Int.random(in: 0..<6, using: &dice) {
                case 0: body = Array(body.prefix(at))
                case 1: body.insert(UInt8.random(in: 0...255, using: &dice), at: at)
                default: body[at] = UInt8.random(in: 0...255, using: &dice)
                }
                if body.isEmpty { break }
            }
            guard let quick = plain(body, &judge) else { continue }
            accepted += 1
            #expect(quick == general(body, ledger, editions), "round \(round)")
        }
        #expect(accepted > 500, "\(accepted)")
    }
}
