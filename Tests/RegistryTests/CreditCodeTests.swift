import Registry
import Testing

/// Vectors of standards 2.1 and the shared vector file; organisations are public, TEXT codes synthetic.
private let valid = """
    12100000400000624D 12440300455752807L 12100000707137123P 914403001922038216 91110108551385082Q 911100006000650192
    11230500001755309F 91230500MA1B3N1N2M 91320105780688132K 9144030071526726XG 91420100300251645N 914200007146661114
    12100000441626842D 91440300587908164C 91000000TEXT000250 91000000TEXT0005XD 91000000TEXT00447Y N2000000TEXT00017L
    Y1000000TEXT00017F 92000000TEXT000172 52000000TEXT000176 11000000TEXT00017D 12000000TEXT00017A
    """.split(whereSeparator: \.isWhitespace).map(String.init)

struct CreditCodeTests {
    @Test(arguments: valid) func vectorsAreValidWithoutWarning(code: String) throws {
        let parsed = try #require(CreditCode(code))
        #expect(CreditCode.parse(code) == .valid(parsed, warnings: []))
        #expect(parsed.text == code)
    }

    @Test func invalidVectors() {
        #expect(CreditCode.parse("914403001922038217") == .invalid(reason: .check(expected: "6")))
        guard case .invalid(.check) = CreditCode.parse("91110108717809965C") else { Issue.record("typo accepted"); return }
        #expect(CreditCode.parse("91440300192203821") == .invalid(reason: .length(17)))
        #expect(CreditCode.parse("") == .invalid(reason: .length(0)))
        #expect(CreditCode.parse(CreditCode.placeholder) == .placeholder)
        #expect(CreditCode.parse("00000000000000000x") == .placeholder)
        #expect(CreditCode(CreditCode.placeholder) == nil)
        #expect(CreditCode("000000000000000000") == nil)
    }

    @Test func normalisesBeforeChecking() {
        for form in [" 91000000text000250 ", "９１００００００ＴＥＸＴ０００２５０", "91-000000-TEXT000250", "9100 0000 TEXT 0002 50", "\u{3000}91000000TEXT000250\u{FEFF}"] {
            #expect(CreditCode(form)?.text == company, "\(form)")
        }
    }

    @Test func hints() {
        #expect(CreditCode.parse("91OOOOOOTEXT000250") == .invalid(reason: .character(position: 3, found: "O", suggestion: "0")))
        #expect(CreditCode.parse("9100000ITEXT000250") == .invalid(reason: .character(position: 8, found: "I", suggestion: "1")))
        #expect(CreditCode.parse("9100000国TEXT000250") == .invalid(reason: .character(position: 8, found: "国", suggestion: nil)))
        #expect(CreditCode.parse("国") == .invalid(reason: .length(1)))
    }

    @Test func warnings() throws {
        // A wrong inner check, an unknown pair, a letter in the division: accepted, each with its warning.
        for (body, warning) in [("91000000TEXT00026", CreditCodeWarning.organisationCheck), ("95000000TEXT00025", .unknownCategory), ("910000A0TEXT00025", .division)] {
            let code = uscc(body)
            guard case .valid(_, let warnings) = CreditCode.parse(code) else { Issue.record("\(code) refused"); continue }
            #expect(warnings == [warning], "\(code)")
        }
    }

    @Test func classes() throws {
        #expect(try #require(CreditCode(trader)).subjectClass == .soleTrader)
        #expect(try #require(CreditCode(uscc("93000000TEXT00025"))).subjectClass == .cooperative)
        #expect(try #require(CreditCode(organ)).subjectClass == .publicBody)
        #expect(try #require(CreditCode(company)).subjectClass == .organisation)
        #expect(try #require(CreditCode("52000000TEXT000176")).subjectClass == .organisation)
    }

    @Test func everySingleCharacterChangeIsDetected() throws {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        for code in valid {
            let characters = Array(code)
            for position in characters.indices {
                for other in alphabet where other != characters[position] {
                    var changed = characters
                    changed[position] = other
                    #expect(CreditCode(String(changed)) == nil)
                }
            }
        }
    }

    @Test func agreesWithTheWeightsOfTheStandard() {
        let seed: UInt64 = 0x5EED_0001
        var random = SplitMix64(seed)
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        for _ in 0..<3000 {
            let body = String((0..<17).map { _ in alphabet[Int(random.next() % 31)] })
            #expect(CreditCode(uscc(body)) != nil, "seed \(seed) \(body)")
        }
    }

    @Test func hostileTextNeverCrashes() {
        let seed: UInt64 = 0x5EED_0002
        var random = SplitMix64(seed)
        for _ in 0..<5000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(CreditCode(String(decoding: bytes, as: UTF8.self)) == nil, "seed \(seed)")
            _ = CreditCode.parse(bytes.span)
        }
    }
}
