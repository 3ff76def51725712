import Registry
import Samples
import Testing

@Suite struct SampleCodesTests {
    @Test func creditCodesHoldBothChecks() throws {
        for body in [0, 1, 9, 12_345_678, 99_999_999] + (0..<2000).map({ $0 * 49_999 }) {
            let text = String(decoding: SampleCodes.creditCode(category: "91", body: body), as: UTF8.self)
            guard case .valid(let code, let warnings) = CreditCode.parse(text) else { Issue.record("\(text) is not valid"); continue }
            #expect(warnings.isEmpty)
            #expect(code.text.dropFirst(2).prefix(6) == "000000")
        }
    }

    @Test func citizenNumbersHold() throws {
        let today = try #require(CivilDate(year: 2026, month: 1, day: 1))
        #expect(String(decoding: SampleCodes.citizenNumber(year: 1990, month: 1, day: 1, sequence: 19), as: UTF8.self) == "00000019900101019X")
        for sequence in 0..<1000 {
            let text = String(decoding: SampleCodes.citizenNumber(year: 2000, month: 2, day: 29, sequence: sequence), as: UTF8.self)
            #expect((try? CitizenNumber.parse(text, today: today).get()) != nil)
        }
    }

    @Test func unitsAndListSubjectsAreDistinctAndUnassigned() {
        let units = (0..<1000).map { SampleUnit.streetOffice($0).code } + [SampleUnit.cityCreditOffice.code]
        let subjects = (0..<1000).map { SampleSubject(number: $0).code }
        #expect(Set(units + subjects).count == 2001)
        #expect((units + subjects).allSatisfy { $0.dropFirst(2).hasPrefix("000000") && CreditCode($0) != nil })
    }
}
