/// A mistake put into a sample row on purpose. Each breaks exactly one rule of the catalogue.
package enum SampleFault: String, Sendable, Hashable, CaseIterable {
    case noSubjectName, impossibleDate, decisionInFuture, endBeforeBeginning, wrongCheckCharacter, unlistedClass, citizenNumberInText, cellMissing

    /// Id of the rule that refuses the row.
    package var rule: String {
        switch self {
        case .noSubjectName: "REQUIRED"
        case .impossibleDate: "DATE"
        case .decisionInFuture: "FUTURE-DATE"
        case .endBeforeBeginning: "PERIOD"
        case .wrongCheckCharacter: "USCC-CHECK"
        case .unlistedClass: "CODE-LIST"
        case .citizenNumberInText: "CITIZEN-ID-IN-TEXT"
        case .cellMissing: "CELLS-FEW"
        }
    }

    func spoil(_ row: inout SampleRow) {
        row.fault = self
        let isPermit = row.table == .permit
        func column(_ permit: PermitColumn, _ penalty: PenaltyColumn) -> Int { isPermit ? permit.rawValue : penalty.rawValue }
        switch self {
        case .noSubjectName:
            row.cells[column(.name, .name)] = []
        case .impossibleDate:
            row.cells[column(.decidedOn, .decidedOn)] = Array("2024/02/30".utf8)
        case .decisionInFuture:
            row.cells[column(.decidedOn, .decidedOn)] = Array("2098/01/05".utf8)
            row.cells[column(.validTo, .validTo)] = Array("2099/12/31".utf8)
        case .endBeforeBeginning:
            row.cells[column(.validTo, .validTo)] = Array("2001/01/05".utf8)
        case .wrongCheckCharacter:
            let place = column(.authorityCode, .authorityCode)
            // Any other last character is wrong: the sum has one answer.
            let last = row.cells[place].removeLast()
            row.cells[place].append(last == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1"))
        case .unlistedClass:
            row.cells[column(.subjectClass, .subjectClass)] = Array("企业".utf8)
        case .citizenNumberInText:
            row.cells[column(.content, .content)] += SampleCodes.citizenNumber(year: 1990, month: 1, day: 1, sequence: 19)
        case .cellMissing:
            row.cells.removeLast()
        }
    }
}
