import Foundation
import NodeRuntime
import Stage

/// A scan of a decision follows its record up, and persons are found on a list by number alone.
extension DemoStory {
    /// Synthetic: division 000000 was never given out.
    private static let person = "000000200002290010"
    private static let personDocument = "演示列入〔2026〕99号"

    func attachScan(_ town: DemoTown) async throws {
        let street = town.other
        let page = try await street.node.run(["records", "--at", street.node.path, "--item", "penalty", "--limit", "1"], as: RecordsCommand.Response.self)
        guard let record = page.records.first else { throw DemoSurprise(what: "no penalty at \(street.node.path)") }
        let scan = "\(troupe.directory)/decision.pdf", copy = "\(troupe.directory)/decision-at-the-city.pdf"
        var bytes = Data("%PDF-1.4\n% synthetic\n".utf8)
        for n in 0..<300_000 { bytes.append(UInt8(truncatingIfNeeded: n &* n >> 3)) }
        bytes.append(Data("\n%%EOF\n".utf8))
        try bytes.write(to: URL(fileURLWithPath: scan))
        try await street.node.perform(["attach", record.record, scan, "--name", "决定书.pdf", "--unit", street.unit.code, "--operator", "经办甲", "--reviewer", "审核乙"])
        _ = try await wait(for: "扫描件到达市级 / the scan is at the city", within: .seconds(30)) {
            let held = try await town.city.ask(StatusCommand()).attachments.held
            return (held, "\(held) held at the city")
        } until: { $0 >= 1 }
        try await town.city.perform(["fetch", record.record, "决定书.pdf", "-o", copy])
        guard FileManager.default.contents(atPath: copy) == bytes else { throw DemoSurprise(what: "the scan at the city is not the street's") }
        screen.say("中华路为一条处罚附上决定书扫描件；它随记录到市级，取出前核对加盐摘要，逐字节相同。", "Zhonghualu attached a scan to a penalty; it followed the record to the city, byte for byte the same.")
    }

    func listPerson(_ town: DemoTown) async throws {
        let office = ["--unit", DemoTown.office.unit, "--operator", DemoTown.office.operator] + (DemoTown.office.reviewer.map { ["--reviewer", $0] } ?? [])
        try await town.city.perform([
            "list", "add", Self.list, "--person", "身份证", "--subject", Self.person, "--name", "测试某甲", "--document", Self.personDocument,
        ] + office)
        try await town.city.perform(["list", "publish", Self.list] + office)
        let street = town.streets[3]
        let answer: LookupCommand.Response = try await wait(for: "关山凭号码查到 / guanshan finds the person by number", within: .seconds(30)) {
            let answer: LookupCommand.Response = try await street.node.run(
                ["lookup", "--person", "身份证", Self.person, "--purpose", "资格审查（演示）", "--case", "演示-1", "--unit", street.unit.code, "--operator", "经办甲"],
                as: LookupCommand.Response.self)
            return (answer, answer.lists.map(\.answer.rawValue).joined(separator: " "))
        } until: { (found: LookupCommand.Response) in found.lists.contains { $0.answer == .onTheList } }
        screen.say(
            "名单上的自然人只以难以穷举的带密钥摘要下发，没有姓名和号码；关山凭号码查得在名单上，采取措施前须向主管部门核实（回执 \(answer.receipt)）。",
            "A person travels down as a memory-hard keyed digest only, without name or number; guanshan finds it by number, to be confirmed before any act.")
    }
}
