import Registry
import Replication
import Sealing
import Storage

/// What became of one row of an import.
package enum RowFate: Sendable, Hashable {
    case effective
    case draft
    /// Recorded already, exactly as it stands.
    case unchanged
    /// The same decision is recorded with other values.
    case differs(record: Dot, fields: [UInt32])
    /// The decision was recorded and withdrawn: a new effect needs a new decision document (M33).
    case revoked(record: Dot)
    /// The decision was recorded and purged (M33, M43). Of persons nodes below the district cannot tell.
    case purged(record: Dot)
    /// The subject does not want such records kept (M47).
    case optedOut
    /// The row is a draft that was sent back, and nothing of it was changed (T4).
    case returned(record: Dot)
}

extension Node {
    /// The catalogue edition new records are written under.
    /// - Throws: ``NodeRefusal`` while none is held.
    package func currentCatalogue() throws -> (digest: Digest, catalogue: Catalogue) {
        try store.read { tx in
            guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx) else {
                throw Self.noCatalogue
            }
            return (newest.digest, inForce.catalogue)
        }
    }

    /// Records one batch of valid rows in one transaction: prepares and records it at once.
    /// - Parameter edition: the catalogue's that `item` is of.
    /// - Throws: ``NodeRefusal`` for a bad actor; ``StorageError``. Nothing was written then.
    package func record(_ rows: [ValidRecord], item: CatalogueItem, edition: Digest, actor: Actor) throws -> [RowFate] {
        let terms = try store.read { try self.terms(item, edition: edition, actor: actor, $0) }
        return try record([try prepare(rows, terms)]).flatMap { $0 }
    }

    func compare(_ new: RecordState, _ standing: RecordState, record: Dot?) -> RowFate {
        var differing: [UInt32] = []
        let numbers = Set(new.fields.map(\.number)).union(standing.fields.map(\.number)).sorted()
        for number in numbers where new.value(number) != standing.value(number) { differing.append(number) }
        if differing.isEmpty, new.subject.lookupText == standing.subject.lookupText { return .unchanged }
        return .differs(record: record ?? Dot(replica: replica, counter: 1), fields: differing)
    }

    func check(_ actor: Actor) throws {
        guard case .valid = CreditCode.parse(actor.unit) else {
            throw NodeRefusal(
                .badInput, "actor-unit", zh: "经办单位不是有效的统一社会信用代码：\(actor.unit)", en: "the acting unit is no valid unified social credit code: \(actor.unit)",
                hint: "--unit 填写单位的18位统一社会信用代码 / give the unit's 18-character code")
        }
        guard !actor.operator.isEmpty, actor.operator.utf8.count <= 100, (actor.reviewer ?? "").utf8.count <= 100 else {
            throw NodeRefusal(.badInput, "actor-operator", zh: "缺少经办人，或姓名过长", en: "no operator is named, or a name is too long", hint: "--operator 姓名或工号")
        }
        guard actor.reviewer != actor.operator else {
            throw NodeRefusal(
                .refused, "four-eyes", zh: "审核人不得与经办人为同一人（T3）", en: "the reviewer must be another person than the operator (rule T3)",
                hint: "由另一人审核，或省略 --reviewer 先存为草稿 / name another reviewer, or leave it out to keep drafts")
        }
    }

    func state(of row: ValidRecord, validity: Validity) throws -> RecordState {
        let subject: SubjectKey
        switch row.subject {
        case .organisation(let code): subject = .organisation(code)
        case .unregistered(let name): subject = .unregistered(name)
        case .person(let document, let number):
            let sealed = try identity.federationKeys.sealNumber(type: UInt8(document.rawValue), number: number, at: path)
            subject = .person(
                PersonNumber(document: document, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: path, keyEpoch: 1))
        }
        return RecordState(
            item: row.item, home: nil, validity: validity, subject: subject,
            fields: row.fields.map { RecordField(number: $0.number, value: $0.value) })
    }
}
