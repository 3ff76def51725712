import Registry
import Replication
import Testing

/// The quick reader and writer of plain records do exactly what the general ones do.
@Suite struct PlainRecordTests {
    private let code = "91000000TEXT000250"

    private func change(_ random: inout SplitMix) throws -> Change {
        let words = ["甲", "", "abc", "罚款;警告", String(repeating: "违法事实", count: 60), "\u{1F600}", "a\nb"]
        var fields: [RecordField] = []
        var number: UInt32 = 0
        for _ in 0..<Int.random(in: 0...24, using: &random) {
            number += UInt32.random(in: 1...40, using: &random)
            let value: FieldValue
            switch Int.random(in: 0..<4, using: &random) {
            case 0: value = .date(try #require(CivilDate(daysSinceEpoch: Int.random(in: -20_000...60_000, using: &random))))
            case 1: value = .amount(try #require(Amount(micros: Int64.random(in: 0...900_000_000_000, using: &random))))
            default: value = .text(words.randomElement(using: &random) ?? "")
            }
            fields.append(RecordField(number: number, value: value))
        }
        let subject: SubjectKey = Int.random(in: 0..<8, using: &random) == 0 ? .unregistered("某户") : .organisation(try #require(CreditCode(code)))
        return Change(
            actor: Actor(unit: code, operator: "经办甲", reviewer: Bool.random(using: &random) ? "审核乙" : nil), capturedAt: UInt64.random(in: 0...1 << 50, using: &random),
            editions: (0..<Int.random(in: 0...2, using: &random)).map { Digest(a: UInt64($0), b: 2, c: 3, d: 4) },
            kind: .recordState(
                RecordState(
                    item: UInt32.random(in: 1...300, using: &random), home: Bool.random(using: &random) ? path("wuhan/a/x") : nil,
                    validity: [Validity.draft, .submitted, .effective].randomElement(using: &random) ?? .draft, subject: subject, fields: fields)))
    }

    @Test("Both writers give the same bytes, both readers the same change")
    func same() throws {
        try Seeds.each(500) { seed, random in
            let change = try change(&random)
            let bytes = try change.serialized()
            #expect(try bytes == change.serializedGenerally(), "seed \(seed)")
            #expect(try Change(serialized: bytes) == change, "seed \(seed)")
            #expect(try Change(generally: bytes) == change, "seed \(seed)")
        }
    }

    @Test("Broken, cut and altered bytes: both readers agree on every one")
    func brokenBytes() throws {
        try Seeds.each(400) { seed, random in
            var bytes = try change(&random).serialized()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                case 1: if !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: Int.random(in: 0...bytes.count, using: &random))
                default: bytes += bytes.prefix(Int.random(in: 0...40, using: &random))
                }
            }
            let quick = try? Change(serialized: bytes), general = try? Change(generally: bytes)
            #expect(quick == general, "seed \(seed)")
        }
    }
}
