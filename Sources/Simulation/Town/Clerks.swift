import Node
import Registry
import Replication
import Sealing
import Storage

/// What clerks do. Each act picks its node and its record by the step's numbers, mostly among records of late, so that
/// people at several nodes meet on the same ones.
extension Simulator {
    /// - Returns: what was confirmed, for the trace.
    func work(_ step: Step, _ random: inout SplitMix64) throws -> String {
        let text: String
        switch step.kind {
        case .enter: text = try enter(&random)
        case .enterAgain: text = try enterAgain(&random)
        case .draft: text = try draft(&random)
        case .submit: text = try submit(&random)
        case .correct: text = try correct(&random, stale: false)
        case .correctStale: text = try correct(&random, stale: true)
        case .revoke: text = try revoke(&random)
        case .object: text = try object(&random)
        case .reply: text = try reply(&random)
        case .review: text = try review(&random)
        case .repair: text = try repair(&random)
        case .publication: text = try publication(&random)
        case .litigation: text = try litigation(&random)
        case .identity: text = try identity(&random)
        case .uphold: text = try uphold(&random)
        case .handIn: text = try handIn(&random)
        case .approve: text = try approve(&random)
        case .sendBack: text = try sendBack(&random)
        case .file: text = try file(&random)
        case .assign: text = try assign(&random)
        case .honour: text = try honour(&random)
        case .wish: text = try wish(&random)
        case .wishWithdrawn: text = try withdrawWish(&random)
        case .commitment: text = try commitment(&random)
        case .fulfil: text = try fulfil(&random)
        case .purge: text = try purge(&random)
        case .rule: text = try rule(&random)
        case .registry: text = try registry(&random)
        case .catalogue: text = try catalogue(&random)
        case .profile: text = try profile(&random)
        case .listAdd: text = try listAdd(&random)
        case .listPublish: text = try listPublish(&random)
        case .listRemove: text = try listRemove(&random)
        case .lookup: text = try lookup(&random)
        case .statement:
            guard let path = random.pick(world.paths) else { return "" }
            text = "at \(path): \(try world.node(path).renewStatements().count)"
        case .carry, .lineDown, .lineUp, .duplicate, .overtake, .lose, .spoil, .powerCut, .blackout, .restart, .clockJump, .clockError, .image, .restore:
            preconditionFailure("\(step.kind) is no work of a clerk")
        }
        if !text.isEmpty { outcome.tally.confirmed[step.kind, default: 0] += 1 }
        return text
    }

    /// A record, mostly of late, and a node that its changes pass: often its home.
    func pick(_ random: inout SplitMix64) -> (paper: Model.Paper, path: NodePath)? {
        guard !model.papers.isEmpty else { return nil }
        let late = min(model.papers.count, 8), isLate = !random.chance(250)
        let index = isLate ? model.papers.count - 1 - random.below(late) : random.below(model.papers.count)
        let paper = model.papers[index]
        var path = paper.home
        // Half at home, the rest spread over the tiers above.
        if random.chance(500) { for _ in 0..<random.below(path.depth) { path = path.parent ?? path } }
        return (paper, path)
    }

    /// As ``pick(_:)``, of records that somebody objected to.
    private func pickDisputed(_ random: inout SplitMix64) -> (paper: Model.Paper, path: NodePath)? {
        guard let (late, path) = pick(&random) else { return nil }
        let filed = Set(model.filings.map(\.paper.id))
        func isDisputed(_ paper: Model.Paper) -> Bool { model.objections[paper.id]?.isEmpty == false || filed.contains(paper.id) }
        if isDisputed(late) { return (late, path) }
        let disputed = model.papers.suffix(30).filter(isDisputed)
        guard let paper = random.pick(disputed) else { return nil }
        return (paper, random.chance(600) ? paper.home : paper.home.parent ?? paper.home)
    }

    /// Who acts at a node on a record: its own unit, or a post that the deciding unit has there.
    func actor(at path: NodePath, on paper: Model.Paper, _ random: inout SplitMix64) -> Actor {
        random.chance(350) ? Actor(unit: duty(of: paper.authority, at: path), operator: "丙", reviewer: "丁") : clerk(at: path)
    }

    private func basis(_ rank: InstrumentRank, _ random: inout SplitMix64) -> Basis {
        Basis(rank: rank, document: rank >= .superior ? "复〔2026〕\(random.below(50))号" : "", reason: "经核查")
    }

    /// Mostly the unit's own act.
    private func rank(_ random: inout SplitMix64) -> InstrumentRank {
        switch random.below(10) {
        case 0: .superior
        case 1: .reconsideration
        case 2: random.chance(500) ? .court : .decidingUnit
        default: .decidingUnit
        }
    }

    func confirm(_ changes: [Dot], at path: NodePath, lane: Lane) {
        model.confirmed[path, default: []] += changes
        if lane == .relief { outcome.tally.relief += changes.count }
    }

    func confirm(_ act: ActOutcome, _ lane: Lane, at path: NodePath, on record: Dot) throws -> String {
        confirm(act.changes, at: path, lane: lane)
        try checkView(act.view, of: record, at: path)
        return "\(act.changes.map(\.short).joined(separator: ",")) on \(record.short) at \(path): \(act.view.validity) \(act.view.dispute.rawValue) \(act.view.repair.rawValue) \(act.view.shown.publication.rawValue)"
    }

    // MARK: - Papers

    private func enter(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths), case let unit = clerk(at: path).unit else { return "" }
        model.numbers += 1
        return try enter(code: random.chance(500) ? "permit" : "penalty", number: "测〔2026〕\(model.numbers)号", authority: unit, fine: "0.2", at: path)
    }

    /// The same decision once more: at its home, or at another node; sometimes with another value.
    private func enterAgain(_ random: inout SplitMix64) throws -> String {
        guard let (paper, _) = pick(&random), let other = random.pick(world.paths) else { return "" }
        let path = random.chance(300) ? paper.home : other
        return try enter(code: paper.code, number: paper.number, authority: paper.authority, fine: random.chance(300) ? "0.4" : "0.2", at: path)
    }

    private func draft(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths), case let unit = clerk(at: path).unit else { return "" }
        model.numbers += 1
        let number = "测〔2026〕\(model.numbers)号", node = world.node(path)
        let fate = try write(code: "penalty", number: number, authority: unit, fine: "0.2", at: path, alone: true)
        guard case .draft = fate, let id = try lastWritten(node, .local) else { return "" }
        confirm([id], at: path, lane: .ordinary)
        model.drafts.append((path, "penalty", number, unit, id))
        return "\(id.short) at \(path)"
    }

    private func submit(_ random: inout SplitMix64) throws -> String {
        guard !model.drafts.isEmpty else { return "" }
        let index = random.below(model.drafts.count), draft = model.drafts[index]
        let fate = try write(code: draft.code, number: draft.number, authority: draft.authority, fine: "0.2", at: draft.node, alone: false)
        guard case .effective = fate, let change = try lastWritten(world.node(draft.node), .lineage(of: draft.node, upTo: 1)) else { return "" }
        model.drafts.remove(at: index)
        model.handedIn.remove(draft.id)
        confirm([change], at: draft.node, lane: .ordinary)
        model.papers.append(Model.Paper(id: draft.id, home: draft.node, code: draft.code, number: draft.number, authority: draft.authority, approval: change))
        return "\(draft.id.short) at \(draft.node)"
    }

    func enter(code: String, number: String, authority: String, fine: String, at path: NodePath) throws -> String {
        // An item that was withdrawn is entered no more.
        guard try world.node(path).currentCatalogue().catalogue.item(code: code) != nil else { return "" }
        let fate = try write(code: code, number: number, authority: authority, fine: fine, at: path, alone: false)
        switch fate {
        case .effective:
            guard let id = try lastWritten(world.node(path), .lineage(of: path, upTo: 1)) else { throw Violation("G2", "\(path) confirmed a record and holds no change set") }
            confirm([id], at: path, lane: .ordinary)
            model.papers.append(Model.Paper(id: id, home: path, code: code, number: number, authority: authority))
            try checkNotResurrected(number, authority: authority, by: id, at: path)
            return "\(id.short) \(number) at \(path)"
        case .unchanged, .differs, .revoked, .purged, .optedOut, .returned, .draft: return "\(number) at \(path): \(fate.word)"
        }
    }

    private func write(code: String, number: String, authority: String, fine: String, at path: NodePath, alone: Bool) throws -> RowFate {
        let values = columns(code, number, authority: authority, fine: fine, at: path)
        return try world.write(code, number: number, values, at: world.node(path), actor: clerk(at: path, alone: alone))
    }

    /// The record, or the state of one, that the node wrote last in a ledger of its own: an answer to a filing may follow it.
    private func lastWritten(_ node: Node, _ audience: Audience) throws -> Dot? {
        let ledger = LedgerID(replica: node.replica, audience: audience, lane: .ordinary)
        return try node.store.read { tx in
            var sequence = try tx.tip(of: ledger).sequence
            while sequence > 0 {
                guard let set = try tx.changeSets(of: ledger, after: sequence - 1, limitBytes: 1).first else { return nil }
                if let body = try ChangeSetSealer.bodies(of: set.sealed, count: set.count)[0], case .recordState = try Change(serialized: body).kind {
                    return Dot(replica: node.replica, counter: set.firstCounter)
                }
                sequence -= 1
            }
            return nil
        }
    }

    // MARK: - Content

    private func correct(_ random: inout SplitMix64, stale: Bool) throws -> String {
        guard var (paper, path) = pick(&random) else { return "" }
        var version: Context?
        if stale {
            // A form filled a while ago is sent now, or one is opened.
            guard model.forms.count > 2, case let index = random.below(model.forms.count), let old = model.papers.first(where: { $0.id == model.forms[index].record }) else {
                model.forms.append((path, paper.id, try world.node(path).version(of: paper.id)))
                return "form of \(paper.id.short) at \(path)"
            }
            let form = model.forms.remove(at: index)
            (paper, path, version) = (old, form.node, form.version)
        }
        let node = world.node(path), actor = actor(at: path, on: paper, &random)
        let rank = rank(&random), value = random.below(3), field = random.below(3)
        let basis = basis(rank, &random), settles = random.chance(200)
        let act = try node.act(on: paper.id, basedOn: version, actor: actor) { scene in
            let code = Self.correctable(paper.code)[field]
            guard let number = scene.item.fields.first(where: { $0.code == code })?.number else { throw WorldProblem("no field \(code)") }
            let text: FieldValue
            if code == "CF_NR_FK" { text = Amount(micros: Int64(value + 1) * 10_000).map { .amount($0) } ?? .text("") } else { text = .text("更正之值\(value)") }
            let settled = settles ? scene.view.cases.first { $0.status == .upheld }?.id : nil
            return .correction(Correction(fields: [RecordField(number: number, value: text)], basis: basis, objection: settled))
        }
        if rank < .superior, !model.isDeciding(actor.unit, on: paper), !model.papers.contains(where: { $0.number == paper.number && $0.home == path }) {
            model.offers.formUnion(act.changes)
        }
        return try confirm(act, .ordinary, at: path, on: paper.id)
    }

    private func revoke(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        let rank: InstrumentRank = path == paper.home ? .decidingUnit : random.chance(500) ? .reconsideration : .superior
        let node = world.node(path)
        let first = try node.revoke(paper.id, document: "撤〔2026〕\(random.below(99))号", reason: "自行纠错", rank: rank, actor: clerk(at: path))
        // Each duplicate held here is withdrawn with it; the changes follow each other.
        let view = try node.view(of: paper.id)
        confirm([first], at: path, lane: .relief)
        // Who merely entered another unit's decision withdraws no more than that until the decision itself is held.
        if rank >= .superior || model.isDeciding(clerk(at: path).unit, on: paper) { model.revocations[paper.id, default: []].append(first) }
        try checkView(view, of: paper.id, at: path)
        return "\(first.short) on \(paper.id.short) at \(path): \(view.validity)"
    }

    // MARK: - Objections

    private func object(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        model.numbers += 1
        let receipt = "收\(model.numbers)", ground = ObjectionGround.allCases[random.below(ObjectionGround.allCases.count)], claimant = random.chance(200) ? "担保人" : ""
        let act = try world.node(path).act(on: paper.id, actor: clerk(at: path, alone: true)) { scene in
            .objection(Objection(ground: ground, receipt: receipt, acceptedOn: scene.today, claimant: claimant, statement: "与事实不符", target: scene.target))
        }
        for dot in act.changes { model.objections[paper.id, default: []].append((dot, receipt, path)) }
        return try confirm(act, .relief, at: path, on: paper.id)
    }

    private func reply(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pickDisputed(&random) else { return "" }
        let draw = random.next(), rank = random.chance(300) ? InstrumentRank.superior : .decidingUnit
        let outcome = ObjectionOutcome.allCases[random.below(ObjectionOutcome.allCases.count)], basis = basis(rank, &random)
        let act = try world.node(path).act(on: paper.id, actor: actor(at: path, on: paper, &random)) { scene in
            guard !scene.view.cases.isEmpty else { throw NodeRefusal(.notFound, "no-case", zh: "没有异议", en: "there is no case") }
            let one = scene.view.cases[Int(draw % UInt64(scene.view.cases.count))]
            return .reply(ObjectionReply(objection: one.id, outcome: outcome, basis: basis, repliedOn: scene.today))
        }
        return try confirm(act, outcome == .upheld ? .relief : .ordinary, at: path, on: paper.id)
    }

    private func review(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pickDisputed(&random) else { return "" }
        model.numbers += 1
        let receipt = "复\(model.numbers)"
        let act = try world.node(path).act(on: paper.id, actor: clerk(at: path, alone: true)) { scene in
            guard let one = scene.view.cases.first(where: { !$0.replies.isEmpty }) else { throw NodeRefusal(.notFound, "no-case", zh: "没有答复", en: "there is no reply") }
            return .reviewRequest(ReviewRequest(objection: one.id, receipt: receipt, requestedOn: scene.today, statement: "不服答复"))
        }
        return try confirm(act, .relief, at: path, on: paper.id)
    }

    // MARK: - Marks

    private func repair(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        let step: RepairStep
        switch random.below(10) {
        case 0...3: step = .applied
        case 4...6: step = .approved
        case 7: step = .refused
        case 8: step = .provisional
        default: step = .withdrawn
        }
        let basis = basis(step == .provisional ? .court : .decidingUnit, &random), node = world.node(path), actor = actor(at: path, on: paper, &random)
        let saw = Set(try (model.approvals[paper.id] ?? []).filter { try holds($0, at: path) })
        let act = try node.act(on: paper.id, actor: actor) { scene in
            .repair(RepairAct(step: step, receipt: "", on: scene.today, basis: basis, target: scene.target))
        }
        if model.isDeciding(actor.unit, on: paper) {
            switch step {
            case .approved, .provisional: model.approvals[paper.id, default: []] += act.changes.prefix(1)
            case .withdrawn: model.withdrawals[paper.id, default: []].append((act.changes[0], saw))
            case .applied, .refused: break
            }
        } else if step == .withdrawn, model.papers.contains(where: { $0.number == paper.number && $0.home == path }) {
            // Who entered a duplicate may count as deciding too.
            model.withdrawals[paper.id, default: []].append((act.changes[0], saw))
        }
        return try "\(step.name) " + confirm(act, step.isRelief ? .relief : .ordinary, at: path, on: paper.id)
    }

    private func publication(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        let step = PublicationStep.allCases[random.below(3)]
        let act = try world.node(path).act(on: paper.id, actor: clerk(at: path)) { scene in
            .publication(PublicationMark(step: step, reason: "核查", on: scene.today, confirmed: true, target: step == .resumed ? nil : scene.target))
        }
        return try "\(step.name) " + confirm(act, step == .resumed ? .ordinary : .relief, at: path, on: paper.id)
    }

    private func litigation(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        let mark = LitigationMark(caseNumber: "行初\(random.below(3))号", isClosed: random.chance(400))
        let act = try world.node(path).act(on: paper.id, .litigation(mark), actor: clerk(at: path, alone: true))
        return try confirm(act, mark.isClosed ? .ordinary : .relief, at: path, on: paper.id)
    }

    private func uphold(_ random: inout SplitMix64) throws -> String {
        guard let (paper, path) = pick(&random) else { return "" }
        let act = try world.node(path).act(on: paper.id, .upheld(InstrumentUpheld(basis: basis(.reconsideration, &random))), actor: clerk(at: path))
        return try confirm(act, .ordinary, at: path, on: paper.id)
    }

    /// Two records are one decision, or are not.
    private func identity(_ random: inout SplitMix64) throws -> String {
        // Seldom two that have nothing in common.
        let numbers = Dictionary(grouping: model.papers.suffix(60), by: \.number).filter { $0.value.count > 1 }.keys.sorted()
        guard let number = random.pick(numbers), let paper = model.papers.first(where: { $0.number == number }) else { return "" }
        let isOdd = random.chance(100)
        let others = model.papers.suffix(60).filter { $0.id != paper.id && ($0.number == number) != isOdd }
        guard let twin = random.pick(others) else { return "" }
        let isFar = random.chance(300)
        let path = sequence(first: paper.home, next: \.parent).first { $0.isAncestorOrSelf(of: twin.home) && (!isFar || $0.depth == 1) } ?? paper.home
        let isSame = twin.number == paper.number && random.chance(300)
        let act = try world.node(path).link(paper.id, twin.id, isSame: isSame, reason: "经核对", actor: clerk(at: path))
        if !isSame { model.separations.append((act.changes, [paper.id, twin.id])) }
        return try "\(isSame ? "same" : "not same") " + confirm(act, isSame ? .ordinary : .relief, at: path, on: paper.id)
    }
}

extension RowFate {
    fileprivate var word: String {
        switch self {
        case .effective: "effective"
        case .draft: "draft"
        case .unchanged: "unchanged"
        case .differs: "differs"
        case .revoked: "revoked"
        case .purged: "purged"
        case .optedOut: "opted-out"
        case .returned: "returned"
        }
    }
}
