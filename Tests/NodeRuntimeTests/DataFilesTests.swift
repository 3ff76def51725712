import Foundation
import NodeRuntime
import Registry
import Testing

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// With `CREDITNODE_WRITE_CONFIG` set, the shipped files are written from what is built in, and the comparison then holds.
private func shipped(_ name: String, _ built: String) throws -> String {
    let file = root.appending(path: "Config/\(name)")
    if ProcessInfo.processInfo.environment["CREDITNODE_WRITE_CONFIG"] != nil {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try built.write(to: file, atomically: true, encoding: .utf8)
    }
    return try String(contentsOf: file, encoding: .utf8)
}

private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var z = state
        z = (z ^ (z >> 31)) &* 0x7FB5_D329_728E_A185
        return z ^ (z >> 27)
    }
}

@Suite struct DataFilesTests {
    @Test("Shipped files and what is built in are the same")
    func shippedFiles() throws {
        let catalogue = try shipped("catalogue.yaml", DataFiles.yaml(Catalogue.standard))
        #expect(try DataFiles.catalogue(yaml: catalogue, file: "catalogue.yaml") == Catalogue.standard)
        #expect(catalogue == DataFiles.yaml(Catalogue.standard), "comments too")
        for profile in LegalProfile.standard {
            let text = try shipped("profiles/\(profile.code).yaml", DataFiles.yaml(profile))
            #expect(try DataFiles.profile(yaml: text, file: profile.code) == profile, "\(profile.code)")
        }
        let days = try String(contentsOf: root.appending(path: "Config/calendars/cn.csv"), encoding: .utf8), built = WorkCalendar.standard
        #expect(try DataFiles.calendar(csv: days, file: "cn.csv", code: built.code, number: built.number, title: built.title) == built)
        let places = try String(contentsOf: root.appending(path: "Config/divisions.csv"), encoding: .utf8)
        #expect(try DataFiles.divisions(csv: places, file: "divisions.csv") == Divisions.standard)
    }

    @Test("The example registry is read")
    func exampleRegistry() throws {
        let registry = try DataFiles.units(file: root.appending(path: "Config/units.example.yaml").path)
        #expect(registry.units.count >= 4 && registry.successions.count == 1 && registry.mirrors.count == 1 && registry.localDivisions.count == 1)
        #expect(try DataFiles.units(yaml: DataFiles.yaml(registry), file: "x") == registry)
    }

    /// Text that is hard on YAML. No byte order mark: one at the beginning of a text is lost in reading.
    private static let pieces = ["是", "no", "null", "~", "0x1F", "1e3", ":", " #", "\"", "\\", "'", "- ", "{", "]", ",", "\n", "\t", "\u{85}", "\u{2028}", "&a", "*a", "!t", "|", ">", "%", "@", "`", "007", "é", "😀", " "]

    @Test("A changed catalogue reads back as it was")
    func roundTrips() throws {
        let seed: UInt64 = 0x5EED_0030
        var random = Random(state: seed)
        func words(_ random: inout Random) -> String { (0..<(1 + Int(random.next() % 6))).map { _ in Self.pieces[Int(random.next() % UInt64(Self.pieces.count))] }.joined() }
        var usable = 0
        for round in 0..<120 {
            var catalogue = Catalogue.standard
            catalogue.number = random.next() % 1_000_000 + 1
            catalogue.title = words(&random)
            let index = Int(random.next() % UInt64(catalogue.items.count))
            catalogue.items[index].titleZh = "事" + words(&random)
            catalogue.items[index].titleEn = words(&random)
            catalogue.items[index].sharingScope = words(&random)
            catalogue.items[index].resource = words(&random)
            catalogue.items[index].bases.append(LegalBasis(instrument: words(&random), article: words(&random), document: "x"))
            catalogue.items[index].informationClass = InformationClass(scheme: words(&random), text: words(&random))
            catalogue.items[index].upToTier = UInt32(1 + random.next() % 3)
            catalogue.items[index].retentionDays = random.next() % 2 == 0 ? nil : UInt32(random.next() % 4000 + 1)
            catalogue.items[index].validFrom = random.next() % 2 == 0 ? nil : CivilDate(daysSinceEpoch: Int(random.next() % 20_000))
            catalogue.items[index].updateFrequency = UpdateFrequency.allCases[Int(random.next() % 6)]
            let last = catalogue.items[index].fields.count - 1
            catalogue.items[index].fields[last].name = words(&random)
            catalogue.items[index].fields[last].aliases = [words(&random), words(&random)]
            catalogue.items[index].fields[last].handling = random.next() % 2 == 0 ? .plain : .codeList([words(&random), words(&random)], several: true)
            catalogue.items[index].fields[last].withConsent = random.next() % 2 == 0
            guard catalogue.faults().isEmpty else { continue }
            usable += 1
            let yaml = DataFiles.yaml(catalogue)
            do {
                let read = try DataFiles.catalogue(yaml: yaml, file: "x")
                let item = catalogue.items[index], again = read.items[index]
                #expect(read.title == catalogue.title && again.titleZh == item.titleZh && again.titleEn == item.titleEn && again.fields == item.fields, "seed \(seed) round \(round)")
                #expect(read == catalogue, "seed \(seed) round \(round)")
            } catch { Issue.record("seed \(seed) round \(round): \(error)") }
        }
        #expect(usable > 100)
    }

    private func faults(_ text: String, _ read: (String, String) throws -> Any) -> [DataFault] {
        do {
            _ = try read(text, "x")
            Issue.record("accepted")
            return []
        } catch let error as FileFaults {
            for fault in error.faults { #expect(!fault.zh.isEmpty && !fault.remedyZh.isEmpty && !fault.remedyEn.isEmpty) }
            #expect(error.controlFault.exit == .badInput)
            return error.faults
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test("Faults of a catalogue name file, line, item, field and remedy")
    func catalogueFaults() throws {
        let good = DataFiles.yaml(Catalogue.standard)
        func broken(_ old: String, _ new: String) -> [DataFault] {
            guard let start = good.range(of: "\nitems:")?.lowerBound, let range = good.range(of: old, range: start..<good.endIndex) else { Issue.record("no \(old)"); return [] }
            return faults(good.replacingCharacters(in: range, with: new)) { try DataFiles.catalogue(yaml: $0, file: $1) }
        }
        let line = try #require(good.components(separatedBy: "\n").firstIndex { $0.contains("XK_NR") }) + 1
        #expect(broken("name: \"许可内容\"", "name: \"血型\"").map(\.description).first?.hasPrefix("x:\(line) permit/19: “血型” must not be collected") == true)
        #expect(broken("up_to_tier: 1", "upto_tier: 1").map(\.en) == ["is unknown"])
        #expect(broken("disclosure: public", "disclosure: open").first.map { $0.place.hasSuffix("permit/disclosure") && $0.remedyEn.contains("authorised") } == true)
        #expect(broken("kind: permit", "kind:").map(\.en) == ["is missing"])
        #expect(broken("term: 7wd", "term: 7w").count == 1)
        #expect(broken("subject-name: 1", "subject: 1").first?.place.hasSuffix("permit/roles/subject") == true)
        #expect(broken("required: yes", "required: maybe").count == 1)
        #expect(broken("flags: [persons-allowed]", "flags: persons-allowed").first?.en == "should be a list")
        #expect(broken("- {number: 2,", "- {number: 1,").contains { $0.en.contains("do not ascend") })
        #expect(faults("- 1") { try DataFiles.catalogue(yaml: $0, file: $1) }.count == 1)
        #expect(faults("a: [") { try DataFiles.catalogue(yaml: $0, file: $1) }.count == 1)
        #expect(faults("") { try DataFiles.catalogue(yaml: $0, file: $1) }.count == 1)
        #expect(throws: FileFaults.self) { try DataFiles.catalogue(file: root.appending(path: "no-such-file").path) }
    }

    @Test("Faults of profiles, registries and tables are as precise")
    func otherFaults() throws {
        let profile = DataFiles.yaml(try #require(LegalProfile.standard("wuhan")))
        #expect(faults(profile.replacingOccurrences(of: "clock: decide-own", with: "clock: decide")) { try DataFiles.profile(yaml: $0, file: $1) }.map(\.en) == ["has no such value: decide"])
        #expect(faults(profile.replacingOccurrences(of: "persons: not-published", with: "")) { try DataFiles.profile(yaml: $0, file: $1) }.map(\.en) == ["is missing"])
        let bad = faults(profile.replacingOccurrences(of: "minimum: 1y, maximum: 3y", with: "minimum: 4y, maximum: 3y")) { try DataFiles.profile(yaml: $0, file: $1) }
        #expect(bad.first.map { $0.place.hasPrefix("x:") && $0.place.hasSuffix("wuhan/publication/order-36/serious") } == true)
        let units = "number: 1\nunits:\n  - code: 11000000TEXT00017E\n    name: 甲\n    kind: organ\n    division: \"420106\"\n    nodes: [Wuhan]\n    tier: 1\n"
        #expect(faults(units) { try DataFiles.units(yaml: $0, file: $1) }.map(\.place) == ["x:3 11000000TEXT00017E/code", "x:7 11000000TEXT00017E/nodes"])
        #expect(faults("date,name\n") { try DataFiles.calendar(csv: $0, file: $1, code: "cn", number: 1, title: "") }.count == 1)
        #expect(faults("date,name,is_off_day\n2025-13-01,元旦,1\n2025-01-01,元旦,yes\n") { try DataFiles.calendar(csv: $0, file: $1, code: "cn", number: 1, title: "") }.map(\.place) == ["x:2 date", "x:3 is_off_day"])
        #expect(faults("code,name,parent_code,level\n420000,湖北省,,province\n420106,武昌区,420100,county\n420000,湖北,,province\n1,x,,town\n") { try DataFiles.divisions(csv: $0, file: $1) }.map(\.place) == ["x:4 code", "x:5 code", "x:5 level", "x:3 parent_code"])
    }

    @Test func tablesReadBack() throws {
        let divisions = Divisions(Divisions.standard.all + [Division(code: "420199", name: "测试,\"区\"", parent: "420100", level: .county)])
        #expect(try DataFiles.divisions(csv: DataFiles.csv(divisions), file: "x") == divisions)
        let built = WorkCalendar.standard
        #expect(try DataFiles.calendar(csv: DataFiles.csv(built), file: "x", code: built.code, number: built.number, title: built.title) == built)
    }
}
