import Node
import Registry
import Replication

extension Node {
    /// Stages rows of a file of ``CatalogueItem/listEntry``. What was removed before is told as withdrawn.
    func stage(_ rows: [ValidRecord], list: String, checkOnly: Bool, actor: Actor) throws -> [RowFate] {
        if checkOnly { return rows.map { _ in .draft } }
        return try stage(code: list, rows.map { ListAddition(row: $0, today: environment.today) }, actor: actor).map { fate in
            switch fate {
            case .staged: .draft
            case .unchanged: .unchanged
            case .removedBefore: .revoked(record: Dot(replica: replica, counter: 1))
            }
        }
    }
}

extension ListAddition {
    fileprivate init(row: ValidRecord, today: CivilDate) {
        var until: CivilDate?
        for field in row.fields where field.number == CatalogueItem.listEntry.roles.validTo { if case .date(let date) = field.value { until = date } }
        self.init(subject: row.subject, name: row.subjectName, document: row.documentNumber, authority: row.authority.text, since: row.decidedOn ?? today, until: until)
    }
}
