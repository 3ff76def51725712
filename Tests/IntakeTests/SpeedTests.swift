import Intake
import Registry
import Testing

/// Prints times and asserts nothing: a machine under load must not fail the build. Run with `-c release`.
struct SpeedTests {
    @Test func hundredThousandRows() throws {
        let item = try #require(Catalogue.standard.item(code: "permit")), today = try #require(CivilDate(year: 2024, month: 6, day: 1))
        let organ = "11000000TEXT00017D"
        let header = item.fields.map(\.code).joined(separator: ",") + "\n"
        let row = "测试（虚构）有限责任公司,法人及非法人组织,91000000TEXT000250,420100000000001,,,,,张三,,,,,准予行政许可决定书,武昌市监许〔2023〕第12345号,普通,食品经营许可证,JY14201060012345,预包装食品销售，散装食品销售；热食类食品制售。,2023/05/12,2023/05/12,2028/05/11,某某市某某区市场监督管理局,\(organ),1,某某市某某区市场监督管理局,\(organ),无\n"
        #if DEBUG
        let count = 1_000
        #else
        let count = 100_000
        #endif
        var file = Array(header.utf8)
        for _ in 0..<count { file += Array(row.utf8) }
        let clock = ContinuousClock()
        var rows = 0
        let parsing = clock.measure {
            var parser = CSVParser(), at = 0
            while at < file.count {
                let end = min(at + 65_536, file.count)
                parser.feed(file[at..<end]) { _ in rows += 1 }
                at = end
            }
            parser.finish { _ in rows += 1 }
        }
        #expect(rows == count + 1)
        var records: [ValidRecord] = []
        var accepted = 0
        let reading = clock.measure {
            var reader = RowReader(item: item, today: today, unit: CreditCode(organ)), at = 0
            while at < file.count {
                let end = min(at + 65_536, file.count)
                reader.feed(file[at..<end]) { batch in
                    accepted += batch.records.count
                    records = batch.records.map(\.record)
                }
                at = end
            }
            _ = reader.finish { accepted += $0.records.count }
        }
        #expect(accepted == count)
        let checker = RecordChecker(item: item)
        let sample = try #require(records.first).fields.map { ($0.number, $0.value) }
        var broken = 0
        let checking = clock.measure { for _ in 0..<count { broken += checker.check(fields: sample, subjectKind: .organisation).count } }
        let wrapped = clock.measure { for _ in 0..<count { broken += RecordValidator.check(fields: sample, item: item, subjectKind: .organisation).count } }
        #expect(broken == 0)
        print("SPEED per row of \(row.utf8.count) bytes: parse \(parsing / count), parse+validate \(reading / count), check \(checking / count), static check \(wrapped / count)")
    }
}
