import Node
import Registry
import Replication

extension NodeService {
    func revoke(_ command: RevokeCommand) throws -> RevokeCommand.Response {
        guard let rank = InstrumentRank(rawValue: command.rank) else {
            throw ControlFault(
                "rank", zh: "--rank 应为 1 至 4", en: "--rank is 1…4", hint: "1 本单位 deciding unit · 2 上级 superior · 3 复议 reconsideration · 4 法院 court",
                exit: .badInput)
        }
        let record = try record(command.record)
        let change = try node.revoke(
            record, document: command.document, reason: Normalisation.line(command.reason), rank: rank, actor: command.actor.actor)
        return RevokeCommand.Response(record: record.description, change: change.description)
    }

    func widen(_ command: WidenCommand) throws -> WidenCommand.Response {
        let result = try node.widen(item: command.item, actor: command.actor.actor)
        return WidenCommand.Response(item: command.item, entered: result.entered, already: result.already)
    }
}
