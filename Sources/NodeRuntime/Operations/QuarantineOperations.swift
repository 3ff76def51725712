import Node
import Registry
import Replication

extension NodeService {
    func quarantine(_ command: QuarantineCommand) throws -> QuarantineCommand.Response {
        do {
            switch command.action {
            case .list(let limit): return QuarantineCommand.Response(changes: try node.quarantined(limit: min(max(limit, 1), 1000)).map(line))
            case .show(let text): return QuarantineCommand.Response(changes: [line(try node.quarantined(try changeID(text)))])
            case .release(let text, let reason, let actor): return try rule(text, .released, reason, actor)
            case .reject(let text, let reason, let actor): return try rule(text, .rejected, reason, actor)
            }
        } catch {
            throw ControlFault(error)
        }
    }

    private func rule(_ text: String, _ outcome: QuarantineRuling.Outcome, _ reason: String, _ actor: ActorOptions) throws -> QuarantineCommand.Response {
        let change = try changeID(text)
        _ = try node.rule(on: change, outcome, reason: Normalisation.line(reason), actor: actor.actor)
        return QuarantineCommand.Response(changes: [line(try node.quarantined(change))])
    }

    private func line(_ found: QuarantinedChange) -> QuarantineCommand.Line {
        var said: [QuarantineCommand.Said] = []
        if let rule = found.rule { said.append(self.said(node.path, rule, found.detail)) }
        said += found.notices.filter { $0.author != node.path }.map { self.said($0.author, $0.rule, $0.detail) }
        return QuarantineCommand.Line(
            change: found.change.description, kind: found.kind, record: found.record?.description, unit: found.actor?.unit, operator: found.actor?.operator, said: said,
            rulings: found.rulings.map { ruling in
                QuarantineCommand.Ruling(
                    by: ruling.ruling.replica.path.description, rule: ruling.rule, outcome: ruling.outcome == .released ? "released" : "rejected", reason: ruling.reason)
            },
            releasable: found.isReleasable)
    }

    private func changeID(_ text: String) throws(ControlFault) -> Dot { try dot(text, zh: "变更编号", en: "change id", hint: "creditnode quarantine") }

    private func said(_ by: NodePath, _ rule: String, _ detail: String) -> QuarantineCommand.Said {
        let words = QuarantineRules.words(rule)
        return QuarantineCommand.Said(
            by: by.description, rule: rule, zh: words.zh, en: words.en, remedyZh: words.remedyZh, remedyEn: words.remedyEn, detail: detail)
    }

    func forks(_ command: ForksCommand) throws -> ForksCommand.Response {
        do {
            if case .goOn(let text, let reason, let actor) = command.action {
                let found = try node.forks().map(\.replica).filter { "\($0.path)#\($0.incarnation.description)".hasPrefix(text) }
                guard found.count == 1 else {
                    throw ControlFault("no-such-fork", zh: "没有唯一对应的分叉副本：\(text.prefix(100))", en: "no forked replica, or several, match \(text.prefix(100))", hint: "creditnode forks", exit: .notFound)
                }
                _ = try node.letGoOn(found[0], reason: Normalisation.line(reason), actor: actor.actor)
            }
            return ForksCommand.Response(forks: try node.forks().map(line))
        } catch {
            throw ControlFault(error)
        }
    }

    func line(_ fork: ForkedReplica) -> ForksCommand.Line {
        ForksCommand.Line(
            replica: "\(fork.replica.path)#\(fork.replica.incarnation.description)",
            state: fork.rulings.isEmpty ? "reported" : fork.heldBackBeyond == nil ? "goes-on" : "held-back",
            through: fork.heldBackBeyond ?? fork.rulings.map(\.through).max(), waiting: fork.waiting, kept: fork.reports.map(\.changes).max() ?? 0,
            rulings: fork.rulings.map { "\($0.ruling.replica.path) \($0.goesOn ? "goes-on" : "held-back") \($0.reason)" })
    }
}
