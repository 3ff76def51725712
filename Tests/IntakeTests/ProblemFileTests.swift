import Registry
import Testing

@testable import Intake

private func words(_ problem: RowProblem) -> ProblemWords {
    ProblemWords(column: problem.column, rule: problem.rule, zh: problem.zh, en: problem.en, remedyZh: problem.remedyZh, remedyEn: problem.remedyEn)
}

/// The file of problems of a reading.
private func problemFile(_ reading: Reading) -> [UInt8] {
    reading.refused.reduce(into: ProblemFile.mark + ProblemFile.header(reading.findings.headings)) { file, row in
        file += ProblemFile.row(row.row, headings: reading.findings.headings, cells: row.cells, problems: reading.problems.filter { $0.row == row.row }.map(words))
    }
}

struct ProblemFileTests {
    @Test func mendedFilesComeBackAsTheyAre() throws {
        let bad = [Fixture.cells(1, changing: ["XK_JDRQ": "2023/13/01", "XK_XDR_GSZC": "x"]), Fixture.cells(2), Fixture.cells(3, changing: ["XK_NR": "\"=1+1,甲\"", "XK_ZT": "7", "XK_FRDB": "-张三"])]
        let first = try Reading(Fixture.text([["表名"], Fixture.codes] + bad, delimiter: ","))
        #expect(first.rows == [2] && first.refused.map(\.row) == [1, 3])
        let file = problemFile(first)
        #expect(file.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = String(decoding: file, as: UTF8.self)
        #expect(text.contains("\"'=1+1,甲\"") && text.contains("'-张三") && text.contains("问题_规则") && text.contains("DATE") && text.contains("真实存在的日期"))
        // Unmended: the same problems; our own columns are passed over without a word.
        let again = try Reading(file)
        #expect(again.rules == ["DATE", "CODE-LIST"] && again.refused.count == 2 && again.findings.headings.count == Fixture.codes.count + ProblemFile.ownHeadings.count)
        // A second round has our columns once.
        let second = problemFile(again)
        #expect(String(decoding: second, as: UTF8.self).split(separator: "问题_行号", omittingEmptySubsequences: false).count == 2)
        // Mended: the cells are what they were, apostrophes gone.
        let mended = text.split(separator: "2023/13/01").joined(separator: "2023/1/31").split(separator: ",7,").joined(separator: ",1,")
        let third = try Reading(mended)
        #expect(third.problems.isEmpty && third.rows == [1, 2] && third.value(0, 20) == "2023/01/31" && third.value(1, 19) == "=1+1,甲" && third.value(1, 9) == "-张三")
    }

    @Test func apostrophesAreTakenOffExactlyWhereTheyWerePut() {
        let seed: UInt64 = 0x5EED_0301
        var random = SplitMix64(seed)
        let pieces = ["'", "=", "+", "-", "@", "\t", "\r", "0", "9", "914403001922038216", "中", "＝", "A", " "]
        for round in 0..<4000 {
            let cell = (0..<Int(random.next() % 6)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
            let safe = ProblemFile.protected(cell)
            #expect(Array(ProblemFile.unprotected(Array(safe.utf8)[...])) == Array(cell.utf8), "seed \(seed) round \(round) \(cell.debugDescription)")
            #expect(!["=", "+", "-", "@", "\t", "\r"].contains { safe.hasPrefix($0) }, "seed \(seed) round \(round)")
        }
        for cell in ["张三", "2023/05/12", "0.2", "12345678901", "0", "O'Neil", "'甲'", ""] { #expect(ProblemFile.protected(cell) == cell) }
        for cell in ["110105194912310", "00123", "-5", "@SUM(A1)", "'=1"] { #expect(ProblemFile.protected(cell) == "'" + cell) }
    }

    @Test func ordinaryFilesKeepTheirApostrophes() throws {
        let reading = try Reading(Fixture.text([Fixture.codes, Fixture.cells(1, changing: ["XK_FRDB": "'=甲"])]))
        #expect(reading.value(0, 9) == "'=甲")
    }

    @Test func filesOf2016ComeBackToo() throws {
        let codes = ["XK_WSH", "XK_XMMC", "XK_SPLB", "XK_NR", "XK_XDR", "XK_XDR_SHXYM", "XK_FR", "XK_JDRQ", "XK_JZQ", "XK_XZJG", "XK_ZT"]
        let row = ["测许〔2016〕1号", "许可", "4", "内容", "测试（虚构）公司", Fixture.company, "张三", "2016/11/02", "2021/11/01", "某某局", "1"]
        let supplied = try [("XK_XKJGDM", Fixture.organ), ("XK_LYDW", "某某局"), ("XK_LYDWDM", Fixture.organ)].map {
            try SuppliedValue($0.0, $0.1, item: try Fixture.item(), today: try Fixture.today)
        }
        let first = try Reading(Fixture.text([codes, row])) { $0.supplied = supplied }
        #expect(first.rules == ["LEGACY-FILE", "LEGACY-STATE"])
        let text = String(decoding: problemFile(first), as: UTF8.self).split(separator: "某某局,1,").joined(separator: "某某局,0,")
        let second = try Reading(text) { $0.supplied = supplied }
        #expect(second.rows == [1] && second.rules == ["LEGACY-FILE"] && second.findings.fieldSet == .of2016, "\(second.problems)")
    }
}
