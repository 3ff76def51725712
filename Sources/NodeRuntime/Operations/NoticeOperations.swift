import Foundation
import Node
import Registry
import Replication

extension NodeService {
    func notify(_ command: NotifyCommand) throws -> NotifyCommand.Response {
        guard (1...5000).contains(command.limit) else { throw ControlFault("limit", zh: "条数应为1至5000", en: "1…5000 lines", hint: "--limit", exit: .badInput) }
        switch command.action {
        case .list: break
        case .done:
            guard let notice = command.notice, let actor = command.actor else {
                throw ControlFault("notice", zh: "须指明编号和经办人", en: "a notice and who acts are needed", hint: "creditnode notify done 编号 --how …", exit: .usage)
            }
            try node.noticeDone(notice, how: command.how ?? "", actor: actor.actor)
        }
        return NotifyCommand.Response(notices: try node.lookupNotices(includingDone: command.includingDone, limit: command.limit).map(line))
    }

    /// What a reader's own unit must be told. - Returns: JSON of ``NotifyCommand/Response``.
    func notices(ofUnit unit: String) throws -> [UInt8] {
        try encoded(NotifyCommand.Response(notices: try node.lookupNotices(unit: unit, limit: 1000).map(line)))
    }

    /// A reader says that its user was told.
    func noticeDone(_ json: [UInt8], unit: String) throws -> [UInt8] {
        let asked: NoticeAnswer
        do { asked = try JSONDecoder().decode(NoticeAnswer.self, from: Data(json)) } catch {
            throw ControlFault("bad-json", zh: "请求内容有误", en: "the request is no answer to a notice", hint: #"{"notice":1,"how":"…","operator":"…"}"#, exit: .usage)
        }
        try node.noticeDone(asked.notice, how: asked.how, unit: unit, actor: Actor(unit: unit, operator: asked.operator))
        return try notices(ofUnit: unit)
    }

    private func encoded(_ response: NotifyCommand.Response) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(response))
    }

    private func line(_ notice: LookupNotice) -> NotifyCommand.Line {
        let row = notice.row
        return NotifyCommand.Line(
            notice: row.id, receipt: row.line.receipt, answeredAt: Instant.text(row.line.time), unit: row.line.unit, operator: row.line.operator, purpose: row.line.purpose,
            caseNumber: row.line.caseNumber, subject: shown(nil, row.line.subject), what: row.kind, list: row.list.isEmpty ? nil : row.list, record: row.record?.description,
            document: notice.view?.text(notice.item?.roles.documentNumber) ?? "", arrivedAt: Instant.text(row.arrivedAt), due: notice.due.date.description,
            provisional: notice.due.isProvisional, overdue: notice.isOverdue, done: row.isDone)
    }
}

/// `POST /v1/notices`: the user of a look-up was told.
package struct NoticeAnswer: Codable, Sendable {
    package static let path = "/v1/notices"
    package var notice: Int64
    package var how: String
    package var `operator`: String

    package init(notice: Int64, how: String, operator: String) {
        self.notice = notice
        self.how = how
        self.operator = `operator`
    }
}
