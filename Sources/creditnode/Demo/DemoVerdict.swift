import NodeRuntime
import Registry
import Stage

/// What the seven nodes say of themselves at the end, and whether it agrees.
struct DemoVerdict: Sendable {
    struct Check: Sendable {
        let zh: String
        let en: String
        let passed: Bool
        var detail = ""
    }

    /// One node's column of the comparison.
    struct Witness: Sendable {
        let path: String
        let records: Int
        /// By street path: how many records and their digest.
        let digests: [String: DigestCommand.Response]
        let published: String
        let publishedObjects: Int
        /// Authors held that the node must not hold.
        let foreign: [String]
        let verified: Bool
        let changeSets: Int
    }

    let checks: [Check]
    let witnesses: [Witness]
    let streets: [String]
    var passed: Bool { checks.allSatisfy(\.passed) }

    static func reach(_ town: DemoTown, rows: Int, _ disputes: DemoDisputes) async throws -> DemoVerdict {
        let streets = town.streets.map(\.node.path)
        var witnesses: [Witness] = []
        for node in town.nodes { witnesses.append(try await witness(node, streets)) }
        var checks: [Check] = []
        for street in streets {
            let holders = witnesses.filter { street == $0.path || street.hasPrefix($0.path + "/") }
            let digests = Set(holders.compactMap { $0.digests[street]?.digest }), counts = Set(holders.compactMap { $0.digests[street]?.records })
            checks.append(Check(
                zh: "\(street) 的记录在街道、区、市三级完全一致", en: "records of \(street) agree at street, district and city",
                passed: holders.count == 3 && digests.count == 1 && counts.count == 1 && counts.first ?? 0 > 0, detail: digests.count == 1 ? "" : digests.sorted().joined(separator: " ≠ ")))
        }
        checks.append(try await sameView(of: disputes.twice, value: disputes.outranking, at: [town.away.node, town.district, town.city], zh: "两处更正的许可", en: "the permit corrected twice"))
        checks.append(
            try await sameView(of: disputes.objected, value: disputes.claimed, at: [town.legacy.node, town.districts[1], town.city], zh: "有异议的许可", en: "the permit objected to"))
        let published = Set(witnesses.map(\.published))
        checks.append(Check(
            zh: "名单与目录在七个节点一致", en: "lists and catalogue agree at all seven nodes", passed: published.count == 1,
            detail: published.count == 1 ? "" : published.sorted().joined(separator: " ≠ ")))
        let foreign = witnesses.flatMap { witness in witness.foreign.map { "\(witness.path) holds \($0)" } }
        checks.append(Check(
            zh: "没有节点存有不属于它的账本或记录", en: "no node holds ledgers or records that are not its business", passed: foreign.isEmpty, detail: foreign.joined(separator: "; ")))
        let refused = witnesses.filter { !$0.verified }.map(\.path)
        checks.append(Check(
            zh: "七个节点的签名与哈希链校验通过", en: "signatures and hash chains verify at all seven nodes", passed: refused.isEmpty, detail: refused.joined(separator: ", ")))
        let total = streets.count * rows + DemoStory.offlineRows
        checks.append(Check(
            zh: "市级记录数正确", en: "the city holds every record once", passed: witnesses.first?.records == total, detail: "\(witnesses.first?.records ?? 0) / \(total)"))
        return DemoVerdict(checks: checks, witnesses: witnesses, streets: streets)
    }

    /// Whether every node of the record's path shows the same: state, value, version and questions.
    private static func sameView(of record: String, value: String, at nodes: [StagedNode], zh: String, en: String) async throws -> Check {
        var views: [String] = []
        for node in nodes {
            let shown = try await node.ask(ShowCommand(record: record)), field = shown.fields.first { $0.code == DemoDisputes.field }?.value ?? ""
            let view = shown.view
            let proposals = (view?.proposals ?? []).map { "\($0.part)=\($0.say.value) \($0.reason)" }.sorted()
            views.append(([shown.label, field, view?.dispute ?? "", view?.repair ?? "", view?.publication ?? "", shown.version ?? ""] + proposals).joined(separator: " · "))
        }
        let passed = Set(views).count == 1 && views[0].contains(value)
        return Check(zh: "\(zh)在街道、区、市三级结论相同", en: "\(en): the same verdict at street, district and city", passed: passed, detail: passed ? "" : views.joined(separator: " ≠ "))
    }

    private static func witness(_ node: StagedNode, _ streets: [String]) async throws -> Witness {
        var digests: [String: DigestCommand.Response] = [:]
        for street in streets { digests[street] = try await node.run(["digest", street], as: DigestCommand.Response.self) }
        let whole = try await node.run(["digest", "wuhan"], as: DigestCommand.Response.self)
        let status = try await node.ask(StatusCommand())
        let verification = try await node.run(["verify"])
        let own = NodePath(node.path)
        var foreign = whole.authors.filter { author in !(NodePath(author).flatMap { own?.isInLine(with: $0) } ?? false) }
        // Records of a home off the node's line are foreign too, whoever wrote them.
        foreign += status.counts.map(\.home).filter { home in !(NodePath(home).flatMap { own?.isInLine(with: $0) } ?? false) }
        return Witness(
            path: node.path, records: status.records, digests: digests, published: whole.published, publishedObjects: whole.publishedObjects,
            foreign: foreign, verified: verification.exit == 0, changeSets: status.changeSets)
    }

    func show(on screen: DemoScreen) {
        let short = streets.map { String($0.split(separator: "/").last ?? "") }
        var table = TextTable(
            columns: ["节点 node", "记录 records", "变更集 sets"] + short + ["名单 published", "外来 foreign", "校验 verify"], numeric: [1, 2], indent: "  ")
        for witness in witnesses {
            let digests = streets.map { street -> TextTable.Cell in
                guard let digest = witness.digests[street], digest.records > 0 else { return "–" }
                return TextTable.Cell("\(digest.records) \(digest.digest.prefix(8))")
            }
            table.rows.append(
                [TextTable.Cell(DemoTown.title(witness.path)), "\(witness.records)", "\(witness.changeSets)"] + digests
                    + [TextTable.Cell("\(witness.publishedObjects) \(witness.published.prefix(8))"), "\(witness.foreign.count)", TextTable.Cell(witness.verified ? "✓" : "✗", witness.verified ? .green : .red)])
        }
        screen.table(table)
        screen.line("")
        for check in checks { screen.check(check.passed, check.zh, check.en, check.detail) }
        screen.line("")
        screen.check(passed, passed ? "全部一致" : "存在差异", passed ? "everything agrees" : "something differs", "")
    }
}
