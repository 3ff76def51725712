import Node
import Registry
import Replication
import Storage

/// The way of a draft to its reviewer, and the kinds of record beside decisions: commitments and honours.
extension Simulator {
    // MARK: - Drafts

    func handIn(_ random: inout SplitMix64) throws -> String {
        guard let draft = random.pick(model.drafts.filter { !model.handedIn.contains($0.id) }) else { return "" }
        let steps = try world.node(draft.node).step(.submitted, drafts: [draft.id], actor: clerk(at: draft.node, alone: true))
        confirm(steps, at: draft.node, lane: .ordinary)
        model.handedIn.insert(draft.id)
        return "\(draft.id.short) at \(draft.node)"
    }

    /// Another person than whoever wrote it makes it effective.
    func approve(_ random: inout SplitMix64) throws -> String {
        guard let draft = random.pick(model.drafts.filter { model.handedIn.contains($0.id) }) else { return "" }
        let reviewer = Actor(unit: clerk(at: draft.node).unit, operator: "丁")
        let changes = try world.node(draft.node).approve([draft.id], actor: reviewer)
        confirm(changes, at: draft.node, lane: .ordinary)
        model.drafts.removeAll { $0.id == draft.id }
        model.handedIn.remove(draft.id)
        model.papers.append(Model.Paper(id: draft.id, home: draft.node, code: draft.code, number: draft.number, authority: draft.authority, approval: changes.first))
        return "\(draft.id.short) at \(draft.node)"
    }

    /// Back to whoever wrote it, who gives it up.
    func sendBack(_ random: inout SplitMix64) throws -> String {
        guard let draft = random.pick(model.drafts.filter { model.handedIn.contains($0.id) }) else { return "" }
        let node = world.node(draft.node), unit = clerk(at: draft.node).unit
        let back = try node.step(.returned, drafts: [draft.id], code: RejectCode.noBasis.rawValue, reason: "依据不足", actor: Actor(unit: unit, operator: "丁"))
        confirm(back, at: draft.node, lane: .ordinary)
        let given = try node.step(.discarded, drafts: [draft.id], actor: clerk(at: draft.node, alone: true))
        confirm(given, at: draft.node, lane: .ordinary)
        model.drafts.removeAll { $0.id == draft.id }
        model.handedIn.remove(draft.id)
        return "\(draft.id.short) at \(draft.node)"
    }

    // MARK: - Beside decisions

    func honour(_ random: inout SplitMix64) throws -> String { try enterNew("honour", &random) }

    func commitment(_ random: inout SplitMix64) throws -> String { try enterNew("commitment", &random) }

    private func enterNew(_ code: String, _ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths) else { return "" }
        model.numbers += 1
        return try enter(code: code, number: "测〔2026〕\(model.numbers)号", authority: clerk(at: path).unit, fine: "0.2", at: path)
    }

    /// Somebody says that a commitment was kept, or that it was not (M42).
    func fulfil(_ random: inout SplitMix64) throws -> String {
        guard let paper = random.pick(Array(model.papers.filter { $0.code == "commitment" }.suffix(6))) else { return "" }
        let path = random.chance(600) ? paper.home : paper.home.parent ?? paper.home
        let word = Fulfilment(isFulfilled: random.chance(500), basis: Basis(rank: .decidingUnit, reason: "经核查"))
        let act = try world.node(path).act(on: paper.id, .fulfilment(word), actor: actor(at: path, on: paper, &random))
        if act.view.fulfilment == .underCheck, act.view.shown.publication == .published { throw Violation("M42", "\(path) of \(paper.id.short) is under check and published") }
        return try (word.isFulfilled ? "kept " : "not kept ") + confirm(act, RecordAct.fulfilment(word).lane, at: path, on: paper.id)
    }

    /// What the columns of a paper of any item hold.
    func columns(_ code: String, _ number: String, authority: String, fine: String, at path: NodePath) -> [String: String] {
        let subject = Self.subject(code, number), unit = clerk(at: path).unit
        return [
            "CF_CFJGDM": authority, "XK_XKJGDM": authority, "CF_SJLYDM": unit, "XK_LYDWDM": unit, "CF_NR_FK": fine,
            "XK_XDR_SHXYM": subject, "CF_XDR_SHXYM": subject,
            // Long ago and far away: no clock, however wrong, makes a date of the paper one of the future.
            "CF_JDRQ": "2001/03/01", "CF_YXQ": "2060/03/01", "CF_GSJZQ": "2060/03/01", "XK_JDRQ": "2001/03/01", "XK_YXQZ": "2001/03/01", "XK_YXQZI": "2060/03/01",
            "RY_ZT_MC": "测试企业", "RY_ZT_LB": "法人及非法人组织", "RY_ZT_DM": subject, "RY_MC": "守信单位", "RY_JB": "市级", "RY_WH": number, "RY_RQ": "2001/03/01",
            "RY_YXQZ": "2060/03/01", "RY_DW": "测试机关", "RY_DWDM": authority,
            "CN_ZT_MC": "测试企业", "CN_ZT_LB": "法人及非法人组织", "CN_ZT_DM": subject, "CN_LX": "主动公示型", "CN_SY": "承诺\(number)", "CN_NR": "依法经营", "CN_RQ": "2001/03/01",
            "CN_QX": "2060/03/01", "CN_SLDW": "测试机关", "CN_SLDWDM": authority,
        ]
    }

    /// Fields of an item that a clerk corrects; none belongs to a natural key.
    static func correctable(_ code: String) -> [String] {
        switch code {
        case "penalty": ["CF_SY", "CF_NR", "CF_NR_FK"]
        case "permit": ["XK_NR", "BZ", "XK_XKZS"]
        case "honour": ["BZ", "RY_DW", "BZ"]
        default: ["CN_NR", "BZ", "CN_YT"]
        }
    }
}
