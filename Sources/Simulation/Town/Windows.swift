import Node
import Registry
import Replication
import Storage

/// Work at windows whose node does not hold the record, wishes of subjects, and what an office decides about changes that do not count.
extension Simulator {
    /// As the paper names its subject.
    static func subject(_ code: String, _ number: String) -> String {
        code == "honour" ? Units.company(20 + honoured(number)) : Units.company(number.utf8.count)
    }

    /// Of the few companies that are honoured, one.
    private static func honoured(_ number: String) -> Int { number.utf8.reduce(0) { $0 + Int($1) } % 4 }

    // MARK: - Filings

    /// An objection, or an application for a repair, at a window off the path of its record.
    func file(_ random: inout SplitMix64) throws -> String {
        guard let (paper, _) = pick(&random), paper.code != "commitment", let subject = CreditCode(Self.subject(paper.code, paper.number)) else { return "" }
        guard let window = random.pick(world.paths.filter({ !$0.isAncestorOrSelf(of: paper.home) })) else { return "" }
        model.numbers += 1
        let receipt = "异\(model.numbers)", isObjection = random.chance(800), ground = ObjectionGround.allCases[random.below(ObjectionGround.allCases.count)]
        let basis = Basis(rank: .decidingUnit, reason: "已履行")
        let address = RecordAddress(
            item: paper.code, document: paper.number, authority: paper.authority, subject: .organisation(subject),
            itemNumber: ["permit": "XK1", "honour": "守信单位"][paper.code] ?? "", home: random.chance(500) ? paper.home : nil)
        let change = try world.node(window).file(at: address, actor: clerk(at: window)) { target, today in
            isObjection
                ? .objection(Objection(ground: ground, receipt: receipt, acceptedOn: today, claimant: "", statement: "与事实不符", target: target))
                : .repair(RepairAct(step: .applied, receipt: receipt, on: today, basis: basis, target: target))
        }
        confirm([change], at: window, lane: .relief)
        model.filings.append((change, receipt, window, paper, isObjection))
        return "\(change.short) \(receipt) for \(paper.id.short) at \(window)"
    }

    /// Somebody above puts a filing on a record that no node found by itself.
    func assign(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths.filter({ $0.depth <= 2 })) else { return "" }
        let open = try world.node(path).filings(open: true).map(\.id)
        guard let filed = random.pick(model.filings.filter({ open.contains($0.change) })), let record = random.pick(model.papers(like: filed.paper)) else { return "" }
        confirm([try world.node(path).assign(filed.change, to: record.id, actor: clerk(at: path))], at: path)
        return "\(filed.change.short) to \(record.id.short) at \(path)"
    }

    private func confirm(_ changes: [Dot], at path: NodePath) { confirm(changes, at: path, lane: .ordinary) }

    // MARK: - Wishes

    func wish(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths), case let company = random.below(4), let code = CreditCode(Units.company(20 + company)) else { return "" }
        let dot = try world.node(path).optOut(.organisation(code), items: ["honour"], receipt: "愿\(model.numbers)", actor: clerk(at: path, alone: true))
        confirm([dot], at: path)
        model.wishes.append((dot, path, company))
        return "\(dot.short) of \(code) at \(path)"
    }

    func withdrawWish(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths), case let company = random.below(4), let code = CreditCode(Units.company(20 + company)) else { return "" }
        let dot = try world.node(path).withdrawOptOut(.organisation(code), items: ["honour"], receipt: "撤\(model.numbers)", actor: clerk(at: path, alone: true))
        confirm([dot], at: path)
        model.changedTheirMind.insert(company)
        return "\(dot.short) of \(code) at \(path)"
    }

    // MARK: - What does not count

    /// Somebody above releases a change from quarantine, or puts down that it stays there.
    func rule(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths.filter({ $0.depth <= 2 })) else { return "" }
        let node = world.node(path)
        guard let one = random.pick(try node.quarantined(limit: 60).filter { $0.rule != nil }), let rule = one.rule else { return "" }
        let isReleased = one.isReleasable && random.chance(700)
        let ruling = try node.rule(on: one.change, isReleased ? .released : .rejected, reason: "经核对", actor: clerk(at: path))
        confirm([ruling], at: path)
        if isReleased { model.releases.append((ruling, one.change, rule)) }
        return "\(isReleased ? "released" : "rejected") \(one.change.short) from \(rule) at \(path)"
    }

    // MARK: - The archive

    /// Bodies of a record, and of its duplicates below, are destroyed everywhere.
    func purge(_ random: inout SplitMix64) throws -> String {
        guard let paper = random.pick(model.papers) else { return "" }
        var path = paper.home
        for _ in 0..<random.below(path.depth) { path = path.parent ?? path }
        var grounds: [ErasureGround] = [.unlawful]
        if paper.code == "honour" { grounds = [.optOut, .unlawful] }
        // Whether the time is over a clock decides: not where clocks are to change nothing.
        if !plan.isTwinned, random.chance(300) { grounds = [.retention] }
        guard let ground = random.pick(grounds) else { return "" }
        let basis = Basis(rank: .decidingUnit, document: "档〔2026〕\(random.below(50))号", reason: "按规定清除"), node = world.node(path)
        let outcome = try node.purge(paper.id, ground: ground, basis: basis, actor: clerk(at: path))
        confirm(outcome.orders, at: path, lane: .relief)
        for order in outcome.orders {
            guard let record = try node.record(ofChange: order) else { throw Violation("G2", "\(path) gave order \(order.short) and does not hold it") }
            model.purges[record, default: []].append(order)
        }
        return "\(paper.id.short) at \(path) for \(ground.name): \(outcome.changes) changes"
    }
}
