import Node
import Registry
import Replication

extension NodeService {
    func retention(_ command: RetentionCommand) throws -> RetentionCommand.Response {
        guard (1...1000).contains(command.limit) else {
            throw ControlFault("limit", zh: "每页1至1000条", en: "a page has 1…1000 records", hint: "--limit", exit: .badInput)
        }
        let day = try command.on.map { try date($0, "--on") } ?? node.environment.today
        let page = try node.retention(on: day, after: command.after.map { try record($0) }, limit: command.limit)
        return RetentionCommand.Response(on: day.description, lines: page.lines.map(line), next: page.next?.description)
    }

    private func line(_ line: RetentionLine) -> RetentionCommand.Line {
        RetentionCommand.Line(
            record: line.record.description, home: line.home.description, item: line.item, due: line.due.rawValue, ground: line.ground.name,
            basis: line.retention?.basis ?? "", verified: line.retention?.isVerified ?? true, archiveFrom: line.retention?.archiveFrom?.description,
            purgeFrom: line.retention?.purgeFrom?.description, holds: line.retention?.holds.map(\.rawValue) ?? [], holdsZh: line.retention?.holds.map(\.zh) ?? [],
            changes: line.changes)
    }

    func purge(_ command: PurgeCommand) throws -> PurgeCommand.Response {
        guard let ground = ErasureGround.allCases.first(where: { $0.name == command.ground }) else {
            throw ControlFault(
                "ground", zh: "--ground 应为 retention、opt-out 或 unlawful", en: "--ground is retention, opt-out or unlawful",
                hint: "retention 期满 · opt-out 主体拒绝 · unlawful 不得处理", exit: .badInput)
        }
        let basis = Basis(rank: .decidingUnit, document: Normalisation.line(command.basis), reason: Normalisation.line(command.reason))
        let outcome = try node.purge(try record(command.record), ground: ground, basis: basis, actor: command.actor.actor)
        return PurgeCommand.Response(record: outcome.record.description, orders: outcome.orders.map(\.description), changes: outcome.changes)
    }

    func optOut(_ command: OptOutCommand) throws -> OptOutCommand.Response {
        let subject = try subject(command.subject, person: command.person, "--subject")
        let receipt = Normalisation.line(command.receipt), actor = command.actor.actor
        let change = command.withdraws
            ? try node.withdrawOptOut(subject, items: command.items, receipt: receipt, actor: actor)
            : try node.optOut(subject, items: command.items, receipt: receipt, actor: actor)
        return OptOutCommand.Response(change: change.description, receipt: receipt, items: command.items, withdrawn: command.withdraws)
    }
}
