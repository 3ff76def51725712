import Foundation
import NodeRuntime
import Testing

/// What offices have, through the command: spreadsheets, old encodings, and the file of problems on its way back.
@Suite struct ImportFormsTests {
    typealias F = Federation

    /// A workbook of three permits under a title; the second has the state 7. Written by another program.
    private static let workbook = """
        UEsDBBQAAAAIAAAAIVizYWYgkAAAAM4AAAALAAAAX3JlbHMvLnJlbHNdjkEOgjAQRa/SzF4GXRhjKGyIiVuDB6hlgAbaadqqeHu7FJcveXn/V81qF/GiEA07CfuiBEFOc2/cKOHeXXYnaOrqRotK2YiT8XGL4tpL
        UCC6jycJU0r+jBj1RFbFgj25PDBwsCplDCPyMBhNLeunJZfwUJZHDL/5PyOXVRgpSVgXfHOYH8xzkaOAdYXbY19QSwMEFAAAAAgAAAAhWCs0ITy2AAAABwEAAA8AAAB4bC93b3JrYm9vay54bWyNjzsOwjAMhq8S
        eacpDAhVfSwIiR0OEFq3jdrEVRwet+AmsHIhJI5B1NKdyfZv+7P/tLiZXlzQsSabwTKKQaAtqdK2yeB42C02UOTplVx3IupEmLacQev9kEjJZYtGcUQD2tCpyRnlQ+kayYNDVXGL6E0vV3G8lkZpCxMhcf8wqK51
        iVsqzwatnyAOe+XDr9zqgSFPxwv8i8Iqgxl8Hq/3/Qli1PZVsAXCJTokDDJP5bwjZ1v5F1BLAwQUAAAACAAAACFYY0a34rYAAADVAQAAGgAAAHhsL19yZWxzL3dvcmtib29rLnhtbC5yZWxzrZHNCsJADIRfpeRu
        03oQka69iODVnwdY2rRbbHfLJv707V0UtYLePIUZwswHk+XXro3O5LlxVkEaJxCRLVzZ2FrBYb+ezCFfZltqtYQPNk3PnzLalAoYov3QkwIj0i8QuTDUaY5dTzYUVM53WoL0NbqqagpaueLUkRWcJskM/TgeL84f
        2RBJCNW+JlHwshjvJ41DKuAXEvknCcvQEr8xHvpn9+mv3UZ7KnfiwxJjhLH9JMHPfW5QSwMEFAAAAAgAAAAhWM9oNMCNAAAAuQAAAA0AAAB4bC9zdHlsZXMueG1sXY7LCsIwEEV/JczeTioiIkm6K7hWwW1opw/I
        i0yU+ve2GwWX99xz4apm8U68KPMcg4a6kiAodLGfw6jhfmt3J2iM4vJ2dJ2Iilj9wBqmUtIZkbuJvOUqJgprM8TsbVljHpFTJtvzNvIO91Ie0ds5gFEdOfcY2KhlEOHpW18uvQYJ+Efqw4bwq+PvhvkAUEsDBBQA
        AAAIAAAAIViV9a6VoAEAAM4DAAAUAAAAeGwvc2hhcmVkU3RyaW5ncy54bWyFk1tLwmAch7+K7L7ebdLBmAtq2UELUsPpjYgtFdoUN6JLBVM7wIT0IqFMOtBFTCKqNYU+THu3edVXaOVV2zsag23P79n/3Y9t1OIh
        v+874MpioSgEMWIax3yckC3uFoRcENuJh6bmsUWaEkXJZ4uCGMTyklRaAEDM5jk+I04XS5xgJ3vFMp+R7MtyDoilMpfZFfMcJ/H7gMTxWcBnCgJmjynQlERb/TOj/WEpKpQH+kffqA7g0aN5q1n9BwpINAV+tInK
        htMsE01vLnsEkSWPILbGJjcRWSjKIG8JJ2IInIitIWXksltRBNxgotsInGS3Ux54HbnixqoHZlAtU3EEjCSZhAd2DzFeTq1B52vUtC66xlXta3RsvyMoqy7vuaNrGpRPxpdXk3NzWDOHDacXIPDfLb7Cxu0DOYM7
        DTi61l8VF23Uda05+VZg/RkqXf39HvWwivpZaZM46f+sdAgov7mcC2Vc6Trp+KYHz6vmULZad86MxAMBQJDAT7hm9Vr2Dp8qzoD425KYY5xG8KemevxfAxLVwOH4/zjA/kXpb1BLAwQUAAAACAAAACFYjDy7IKoB
        AAA7CAAAGAAAAHhsL3dvcmtzaGVldHMvc2hlZXQxLnhtbIWWXW+CMBSG/wrp/SxC69wCmPmFih9cbD+AIFMzAUOJ7uev04T0nODhggT6nB7C+7SAN/rNz9Y1q9SpLHzW79nMyoq03J+Kg8++PucvQzYKvFtZ/ahj
        ltWWLi+Uz451fXnnXKXHLE9Ur7xkhSbfZZUntb6sDlxdqizZ3yflZ+7Y9oDnyalggXcfmyZ1EnhVebMqfVs9mv6ffPSZVftM6etrYHv8Gng81Yeua4qdptgxivtN8Z2NTeZANjGZC9nUZAKymckkZHOTDSALTfYK
        2cJkQ8iWJnuDbAWe3YYwAhAlswYQRbMBEGWzBRCFswMQpRMDOGj36jZeXbMaBTYGECU2ARBFNjWhgyKbAYgimwOIIgsBRJEtAESRLTVUj8Wv15q0JXqaVQePQHMU+RpAtCI3AKKEt27bhtpR/eIn/YBf0fgVlF9B
        +RWUXxM6aOZMUH4BRG1DQfkVlF/R4beDR4LyKyi/gvIr2l5EO6pf/KQf8Csbv5LyKym/kvIrqf0rKb8mdNHMUFJ+JeVXdvjt4JGk/ErKr6T8ytb9S/WLn/R7+OXGB5s3fwLBH1BLAQIUAxQAAAAIAAAAIVizYWYg
        kAAAAM4AAAALAAAAAAAAAAAAAACAAQAAAABfcmVscy8ucmVsc1BLAQIUAxQAAAAIAAAAIVgrNCE8tgAAAAcBAAAPAAAAAAAAAAAAAACAAbkAAAB4bC93b3JrYm9vay54bWxQSwECFAMUAAAACAAAACFYY0a34rYA
        AADVAQAAGgAAAAAAAAAAAAAAgAGcAQAAeGwvX3JlbHMvd29ya2Jvb2sueG1sLnJlbHNQSwECFAMUAAAACAAAACFYz2g0wI0AAAC5AAAADQAAAAAAAAAAAAAAgAGKAgAAeGwvc3R5bGVzLnhtbFBLAQIUAxQAAAAI
        AAAAIViV9a6VoAEAAM4DAAAUAAAAAAAAAAAAAACAAUIDAAB4bC9zaGFyZWRTdHJpbmdzLnhtbFBLAQIUAxQAAAAIAAAAIViMPLsgqgEAADsIAAAYAAAAAAAAAAAAAACAARQFAAB4bC93b3Jrc2hlZXRzL3NoZWV0
        MS54bWxQSwUGAAAAAAYABgCBAQAA9AYAAAAA
        """
    /// Rows in GB 18030 with semicolons, without the last column; and once more with another content of the second.
    private static let text = "0NDV/tDtv8m5q8q+DQpYS19YRFJfTUM7WEtfWERSX0xCO1hLX1hEUl9TSFhZTTtYS19GUkRCO1hLX1hLV1M7WEtfV1NIO1hLX1hLTEI7WEtfTlI7WEtfSkRSUTtYS19ZWFFaO1hLX1lYUVpJO1hLX1hLSkc7WEtfWEtKR0RNO1hLX1pUO1hLX0xZRFcNCrLiytSjqNDpubmjqbmry747t6jIy7ywt8e3qMjL1+nWrzs5MTAwMDAwMFRFWFQwMDAyNTA71cXI/TvXvNPo0O2/yb72tqjK6Tuy4tDtobIyMDIzobMxusU7xtXNqDvKs8a3OzIwMjPE6jXUwjEyyNU7MjAyMy41LjEyOzIwOTkvMTIvMzE7xLPEs77WOzExMDAwMDAwVEVYVDAwMDE3RDsxO8SzxLO+1g0KsuLK1KOo0Om5uaOpuavLvju3qMjLvLC3x7eoyMvX6davOzkxMDAwMDAwVEVYVDAwMDI1MDvVxcj9O9e80+jQ7b/Jvva2qMrpO7Li0O2hsjIwMjOhszK6xTvG1c2oO7LN0vs7MjAyM8TqNdTCMTLI1TsyMDIzLjUuMTI7MjA5OS8xMi8zMTvEs8SzvtY7MTEwMDAwMDBURVhUMDAwMTdEOzE7xLPEs77WDQo="
    private static let changed = "WEtfWERSX01DO1hLX1hEUl9MQjtYS19YRFJfU0hYWU07WEtfRlJEQjtYS19YS1dTO1hLX1dTSDtYS19YS0xCO1hLX05SO1hLX0pEUlE7WEtfWVhRWjtYS19ZWFFaSTtYS19YS0pHO1hLX1hLSkdETTtYS19aVDtYS19MWURXDQqy4srUo6jQ6bm5o6m5q8u+O7eoyMu8sLfHt6jIy9fp1q87OTEwMDAwMDBURVhUMDAwMjUwO9XFyP0717zT6NDtv8m+9raoyuk7suLQ7aGyMjAyM6GzMbrFO8bVzag7yrPGtzsyMDIzxOo11MIxMsjVOzIwMjMuNS4xMjsyMDk5LzEyLzMxO8SzxLO+1jsxMTAwMDAwMFRFWFQwMDAxN0Q7MTvEs8SzvtYNCrLiytSjqNDpubmjqbmry747t6jIy7ywt8e3qMjL1+nWrzs5MTAwMDAwMFRFWFQwMDAyNTA71cXI/TvXvNPo0O2/yb72tqjK6Tuy4tDtobIyMDIzobMyusU7xtXNqDux8LXEOzIwMjPE6jXUwjEyyNU7MjAyMy41LjEyOzIwOTkvMTIvMzE7xLPEs77WOzExMDAwMDAwVEVYVDAwMDE3RDsxO8SzxLO+1g0K"

    private static func arguments(_ file: String, _ more: [String] = []) -> [String] {
        ["import", file, "--item", "permit", "--unit", F.unit, "--operator", "甲", "--reviewer", "乙"] + more
    }

    private static func mode(_ path: String) throws -> Int { try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int) }

    @Test("A workbook is imported, its refused row is mended in the file of problems and comes back", arguments: [false, true])
    func workbookThereAndBack(serving: Bool) throws {
        let federation = try Federation()
        try federation.initialise()
        if serving { try federation.serve(F.city, listen: nil) }
        let file = federation.directory.appending(path: "permits.xlsx").path
        try #require(Data(base64Encoded: Self.workbook, options: .ignoreUnknownCharacters)).write(to: URL(fileURLWithPath: file))
        let problems = federation.directory.appending(path: "permits.problems.csv").path

        let checked = try federation.ask(ImportReport.self, Self.arguments(file, ["--check"]), at: F.city, exit: 65)
        #expect(checked.checkOnly && checked.effective == 2 && checked.refused == 1 && checked.problemsFile == problems, "\(checked)")
        #expect(try federation.digest(F.city, at: F.city).records == 0, "a check records nothing")
        try FileManager.default.removeItem(atPath: problems)

        let first = try federation.ask(ImportReport.self, Self.arguments(file), at: F.city, exit: 65)
        #expect(first.effective == 2 && first.refused == 1 && first.problems.map(\.rule) == ["CODE-LIST"], "\(first)")
        #expect(first.form.form == "xlsx" && first.form.sheet == "许可" && first.form.headerLine == 2 && first.form.fieldSet == "2018")
        #expect(first.problemsFile == problems)
        #expect(try Self.mode(problems) == 0o600)
        var text = try String(contentsOfFile: problems, encoding: .utf8)
        // Reading as text takes the byte order mark off.
        #expect(try Data(contentsOf: URL(fileURLWithPath: problems)).starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(text.contains("2023/05/12") && text.contains("'=张三") && text.contains("CODE-LIST") && text.contains("问题_办法"))

        text = text.replacing(",7,", with: ",1,")
        try text.write(toFile: problems, atomically: true, encoding: .utf8)
        let mended = try federation.ask(ImportReport.self, Self.arguments(problems), at: F.city)
        #expect(mended.effective == 1 && mended.refused == 0 && mended.problems.isEmpty && mended.problemsFile == nil && mended.form.encoding == "utf-8", "\(mended)")
        let again = try federation.ask(ImportReport.self, Self.arguments(file), at: F.city, exit: 65)
        #expect(again.unchanged == 2 && again.effective == 0 && again.refused == 1)
        #expect(again.problemsFile == federation.directory.appending(path: "permits.problems-2.csv").path, "a file somebody mended is not lost")
        #expect(try federation.digest(F.city, at: F.city).records == 3)
    }

    @Test("GB 18030 with semicolons; a value for all rows; the same decision with other values comes back with its row; wrong options are named")
    func textForms() throws {
        let federation = try Federation()
        try federation.initialise()
        let file = federation.directory.appending(path: "a.csv").path, changed = federation.directory.appending(path: "b.csv").path
        try #require(Data(base64Encoded: Self.text)).write(to: URL(fileURLWithPath: file))
        try #require(Data(base64Encoded: Self.changed)).write(to: URL(fileURLWithPath: changed))
        let bare = try federation.ask(ImportReport.self, Self.arguments(file), at: F.city, exit: 65)
        #expect(bare.problems.map(\.rule) == ["HEADER-MISSING"] && bare.problemsFile == nil)
        let value = ["--default", "XK_LYDWDM=\(F.unit)"]
        let report = try federation.ask(ImportReport.self, Self.arguments(file, value), at: F.city)
        #expect(report.effective == 2 && report.form.encoding == "gb18030" && report.form.delimiter == "semicolon" && report.form.headerLine == 2, "\(report)")
        let checked = try federation.ask(ImportReport.self, Self.arguments(changed, value + ["--check", "--problems", changed + ".txt"]), at: F.city, exit: 65)
        #expect(checked.unchanged == 1 && checked.problems.map(\.rule) == ["ALREADY-RECORDED"] && checked.problemsFile == changed + ".txt", "\(checked)")
        #expect(try String(contentsOfFile: changed + ".txt", encoding: .utf8).contains("别的"))
        for (more, status) in [(["--default", "XK_LYDWDM=123"], 65), (["--default", "XK_WSH=1"], 65), (["--default", "=x"], 64), (["--encoding", "latin9"], 64), (["--delimiter", "|"], 64),
                               (["--sheet", "1"], 64), (["--problems", file], 64)] as [([String], Int32)] {
            let run = try federation.run(Self.arguments(file, more), at: F.city)
            #expect(run.status == status, "\(more) \(run.errors)")
        }
        let damaged = federation.directory.appending(path: "c.xlsx").path
        try Data("PK\u{3}\u{4}nothing".utf8).write(to: URL(fileURLWithPath: damaged))
        let run = try federation.run(Self.arguments(damaged), at: F.city)
        #expect(run.status == 65 && run.errors.contains("电子表格"), "\(run.errors)")
    }
}
