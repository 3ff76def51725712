import Node
import Registry
import Replication
import Storage

/// What becomes of records and replicas as such: destruction, wishes not to be recorded, release from quarantine, rulings on
/// forks; word by word.
struct CustodyVerbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// - Returns: the changes that were written; nil when the verb is none of these.
    func perform() throws -> [Dot]? {
        switch act.verb {
        // `purges P1; ground retention; by 档案处置〔2032〕1号; because 保存期限届满`
        case "purges":
            guard let ground = ErasureGround.allCases.first(where: { $0.name == act.clause("ground") }) else { throw GoldenRun.Misread(text: "no such ground") }
            let basis = Basis(rank: .decidingUnit, document: try clause("by"), reason: try clause("because"))
            return try node.purge(try run.dot(try object(0)), ground: ground, basis: basis, actor: actor).orders
        // `notes wish of 甲公司 against honour; receipt 愿〔2026〕1号`, `lifts wish …`
        case "notes", "lifts":
            guard act.object.count == 5, case .organisation(let code)? = Cast.subject(act.object[2]) else { throw GoldenRun.Misread(text: "“\(act.verb) wish of SUBJECT against ITEM”") }
            let receipt = try clause("receipt")
            return [
                act.verb == "notes"
                    ? try node.optOut(.organisation(code), items: [act.object[4]], receipt: receipt, actor: actor)
                    : try node.withdrawOptOut(.organisation(code), items: [act.object[4]], receipt: receipt, actor: actor)
            ]
        // `releases P2; because 承接单位核对属实`
        case "releases": return [try node.rule(on: try run.dot(try object(0)), .released, reason: try clause("because"), actor: actor)]
        // `lets jiyuqiao go on; because 备用机已停用`
        case "lets":
            guard let path = Cast.path(try object(0)).flatMap({ NodePath($0) }), let fork = try node.forks().first(where: { $0.replica.path == path && $0.heldBackBeyond != nil }) else {
                throw GoldenRun.Misread(text: "nobody there is held back")
            }
            return [try node.letGoOn(fork.replica, reason: try clause("because"), actor: actor)]
        default: return nil
        }
    }

    private func object(_ place: Int) throws -> String {
        guard place < act.object.count else { throw GoldenRun.Misread(text: "“\(act.verb)” lacks a word") }
        return act.object[place]
    }

    private func clause(_ word: String) throws -> String {
        guard let text = act.clause(word) else { throw GoldenRun.Misread(text: "“\(act.verb)” needs “\(word) …”") }
        return text
    }
}

extension GoldenRun {
    /// Records of which a digest is all that is left, what was destroyed with them, and what came late.
    func purges(at node: Node, _ text: WorldText) throws -> [String] {
        try node.store.read { tx in
            var out: [String] = []
            for (label, dot) in labels where try tx.isPurged(dot) {
                let orders = try tx.purges(of: dot)
                out.append("\(label) 已清除 purged by \(text.list(orders.map(\.order))), ground \(orders.first?.ground.name ?? "?")")
                let all = labels + further
                let named = try all.filter { one in try tx.erasures(of: one.dot).contains { $0.record == dot } }.map(\.dot)
                out.append("  destroyed, digests kept: \(text.list(named))")
            }
            let late = try tx.latePurged(limit: 100)
            return out + (late.isEmpty ? [] : ["came after the purge, without effect, to be destroyed: \(text.list(late))"])
        }
    }

    /// Wishes that stand here. A node that holds none knows of none (guarantee 7).
    func wishes(at node: Node, _ text: WorldText) throws -> [String] {
        try node.store.read { tx in
            try Cast.subjects.keys.sorted().flatMap { name -> [String] in
                guard let key = Cast.subject(name) else { return [] }
                return try tx.optOuts(subject: node.identity.federationKeys.optOutDigest(key.lookupText)).map { wish in
                    let items = wish.items.map { Catalogue.standard.item(number: $0)?.code ?? "\($0)" }.joined(separator: " ")
                    return "wish \(text.label(wish.origin)): \(name) refuses records of \(items)"
                }
            }
        }
    }

    /// Replicas whose past was written twice.
    func forks(at node: Node) throws -> [String] {
        try node.forks().map { fork in
            let shown = fork.reports.map { "\($0.changes)" }.joined(separator: " and ")
            let waits = fork.waiting == 0 ? "" : ", \(fork.waiting) of its changes wait for a ruling"
            let branch = fork.reports.isEmpty ? "" : ", a branch of \(shown) that nobody took was shown"
            let state = fork.rulings.isEmpty ? "" : fork.heldBackBeyond == nil ? ", it goes on" : ", it is held back"
            return "the past of \(fork.replica.path.name) was written twice\(state)\(branch)\(waits)"
        }
    }
}
