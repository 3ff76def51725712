import Registry
import Replication
import Storage

/// Never a score, never pass or fail (guarantee 11).
package enum LookupVerdict: String, Sendable, Hashable {
    case onTheList = "on-the-list"
    case notOnTheList = "not-on-the-list"
    case notCovered = "not-covered"
    case tooStaleToSay = "too-stale-to-say"
}

package struct LookupListAnswer: Sendable {
    package let list: ListRow?
    package let verdict: LookupVerdict
    package let hits: [ListEntryRow]
    package let edition: ListEditionRow?
    /// When the issuer last said the edition is current, and until when that counts; milliseconds since 1970.
    package let asOf: UInt64?
    package let validUntil: UInt64?
}

package struct LookupResult: Sendable {
    package let receipt: String
    package let answeredAt: UInt64
    package let lists: [LookupListAnswer]
    /// Effective records about the subject held here, by item number.
    package let records: [(item: UInt32, count: Int)]
}

extension Node {
    /// How far the local clock may run behind a signed time before nothing can be said about age.
    private static let clockTolerance: UInt64 = 5 * 60_000

    /// Answers from what is held, online or not, and logs the look-up durably before it answers.
    /// - Throws: ``NodeRefusal`` without purpose, unit or operator.
    package func lookup(_ subject: CreditCode, purpose: String, actor: Actor) throws -> LookupResult {
        try check(actor)
        guard !purpose.isEmpty, purpose.utf8.count <= 400 else {
            throw NodeRefusal(.badInput, "lookup-purpose", zh: "查询须写明用途", en: "a look-up states its purpose", hint: "--purpose 例如 “政府采购资格审查”")
        }
        let now = environment.now()
        let key = SubjectKey.organisation(subject).lookupText
        let (lists, records) = try store.read { tx in
            let latest = try tx.latestSignedTime(above: path)
            let clockIsBehind = now + Self.clockTolerance < latest
            let entries = try tx.entries(subject: key)
            let lists = try tx.lists().map { list in
                try answer(list, entries.filter { $0.list == list.id }, now: now, clockIsBehind: clockIsBehind, tx)
            }
            return (lists, try tx.recordCounts(subject: key))
        }
        let answers = lists.isEmpty ? [LookupListAnswer(list: nil, verdict: .notCovered, hits: [], edition: nil, asOf: nil, validUntil: nil)] : lists
        let receipt = "\(path.name.uppercased())-\(Hex.encode(try environment.random(6)).uppercased())"
        let text = answers.map { "\($0.list?.opened.code ?? "-")=\($0.verdict.rawValue)" }.joined(separator: " ")
        let entry = LookupEntry(receipt: receipt, time: now, unit: actor.unit, operator: actor.operator, purpose: purpose, subject: key, answer: text)
        try store.write { tx in
            let previous = try tx.lastLookupDigest()
            try tx.append(entry, previous: previous, digest: digest(entry.message(previous: previous)))
        }
        return LookupResult(receipt: receipt, answeredAt: now, lists: answers, records: records)
    }

    private func answer(_ list: ListRow, _ entries: [ListEntryRow], now: UInt64, clockIsBehind: Bool, _ tx: ReadTransaction) throws -> LookupListAnswer {
        let edition = try tx.newestEdition(of: list.id)
        let statement = try tx.statement(slot: Self.freshnessSlot(list.id))
        func give(_ verdict: LookupVerdict, _ hits: [ListEntryRow] = []) -> LookupListAnswer {
            LookupListAnswer(list: list, verdict: verdict, hits: hits, edition: edition, asOf: statement?.issuedAt, validUntil: statement?.validUntil)
        }
        guard let edition else { return give(.notCovered) }
        guard let statement, !clockIsBehind, statement.validUntil >= now, try isCurrent(edition, statement, tx) else { return give(.tooStaleToSay) }
        let today = environment.today
        let hits = entries.filter { $0.published && !$0.removed && $0.since <= today && ($0.until.map { today <= $0 } ?? true) }
        return give(hits.isEmpty ? .notOnTheList : .onTheList, hits)
    }

    /// Whether the statement speaks of the edition that is held, not of a newer one still on its way, and
    /// nothing that the issuer had written by then is missing here: a removal may be withheld.
    private func isCurrent(_ edition: ListEditionRow, _ row: StatementRow, _ tx: ReadTransaction) throws -> Bool {
        guard let statement = try? Statement.read(row.signed.content), case .freshness(_, let number, let digest, let tips) = statement.kind else { return false }
        guard number == edition.number, digest == edition.digest else { return false }
        return try tips.allSatisfy { try tx.tip(of: $0.ledger).sequence >= $0.tip.sequence }
    }
}
