import Foundation
import NodeRuntime
import Testing

/// Persons on lists over real processes and links: listed at the city, looked up at a street by number.
@Suite(.serialized) struct PersonListTests {
    typealias F = Federation
    /// Synthetic, division 000000.
    static let listed = "000000199001010018", unlisted = "000000199002020015", name = "测试某甲"
    private static let clerk = ["--unit", F.unit, "--operator", "甲"], both = clerk + ["--reviewer", "乙"]

    private func ask(_ number: String, at path: String, _ federation: F) throws -> LookupCommand.ListAnswer? {
        let answer = try federation.ask(
            LookupCommand.Response.self, ["lookup", "--person", "身份证", number, "--purpose", "资格审查", "--case", "2026-18"] + Self.clerk, at: path)
        #expect(answer.confirm == true && !answer.subject.contains(number))
        return answer.lists.first
    }

    private func files(_ federation: F, _ path: String) -> Data {
        ["node.db", "node.db-wal"].reduce(Data()) { $0 + ((try? Data(contentsOf: URL(fileURLWithPath: federation.home(path) + "/" + $1))) ?? Data()) }
    }

    @Test("Listed by file at the city, found by number at the street; removed; the key renewed after a loss; a street that joins later")
    func wholeLife() throws {
        let federation = try F.standing(streets: [F.a, F.b])
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "严重失信主体名单", "--basis", "测试依据第一条"] + Self.clerk, at: F.city)
        let file = federation.directory.appending(path: "entries.csv")
        try """
            subject_name,subject_class,subject_code,id_type,id_number,document,since,until,authority
            \(Self.name),自然人,,身份证,\(Self.listed),文〔2026〕7号,2026-01-05,,\(F.unit)
            测试企业,法人及非法人组织,91000000TEXT000250,,,文〔2026〕8号,2026-01-05,2029-01-04,\(F.unit)
            测试某乙,自然人,,身份证,000000199002020011,文〔2026〕9号,2026-01-05,,\(F.unit)
            """.write(to: file, atomically: true, encoding: .utf8)
        let report = try federation.ask(ImportReport.self, ["list", "import", "serious", file.path] + Self.clerk, at: F.city, exit: 65)
        #expect(report.drafts == 2 && report.refused == 1 && report.problems.map(\.rule) == ["CITIZEN-ID"], "\(report)")
        #expect(!"\(report)".contains("000000199002020011"))
        #expect(try federation.ask(ListSummary.self, ["list", "publish", "serious"] + Self.both, at: F.city).entries == 2)

        try federation.until("the street answers") { try ask(Self.listed, at: F.a, federation)?.answer == .onTheList }
        let hit = try #require(try ask(Self.listed, at: F.a, federation)?.hits.first)
        #expect(hit.name.isEmpty && hit.document == "文〔2026〕7号")
        #expect(try ask(Self.unlisted, at: F.a, federation)?.answer == .notOnTheList)
        for path in [F.district, F.a] {
            let bytes = files(federation, path)
            #expect(bytes.range(of: Data("文〔2026〕7号".utf8)) != nil, "what is looked for would be found at \(path)")
            for secret in [Self.listed, Self.unlisted, Self.name] { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) at \(path)") }
        }
        let mode = try FileManager.default.attributesOfItem(atPath: federation.home(F.a) + "/keys/lists.bin")[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)

        // Street a is stolen: suspended at its parent, and the key renewed at the root.
        _ = try federation.ask(ChildrenCommand.Response.self, ["children", "suspend", F.a], at: F.district)
        let renewed = try federation.ask(ListRenewKeysCommand.Response.self, ["list", "renew-keys", "--reason", "街道设备被盗"] + Self.both, at: F.city)
        #expect(renewed.epoch == 2 && renewed.lists == ["serious"])
        try federation.until("the other street has the edition under the new key") {
            let answer = try ask(Self.listed, at: F.b, federation)
            #expect(answer?.answer != .notOnTheList)
            return answer?.edition == 2 && answer?.answer == .onTheList
        }
        #expect(try ask(Self.listed, at: F.a, federation)?.edition == 1, "nothing reaches the stolen one")
        #expect(try federation.run(["list", "renew-keys", "--reason", "x"] + Self.both, at: F.district).status == 77)

        let late = "wuhan/wuchang/xinjie"
        try federation.enrol(late, listen: false)
        try federation.until("a street that joined later answers") { try ask(Self.listed, at: late, federation)?.answer == .onTheList }

        _ = try federation.ask(
            ListSummary.self, ["list", "remove", "serious", "--person", "身份证", "--subject", Self.listed, "--document", "文〔2026〕7号", "--reason", "已履行"] + Self.clerk, at: F.city)
        for path in [F.b, late] { try federation.until("removed at \(path)") { try ask(Self.listed, at: path, federation)?.answer == .notOnTheList } }
        #expect(try federation.run(["list", "add", "serious", "--person", "身份证", "--subject", Self.listed, "--name", Self.name, "--document", "文〔2026〕7号"] + Self.clerk, at: F.city).status == 77)
    }
}
