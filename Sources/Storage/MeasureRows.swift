import Foundation
import GRDB
import Registry
import Replication

/// A measure that was considered, as held.
package struct MeasureRow: Sendable, Hashable {
    package let id: Dot
    package let basis: Dot
    /// As look-ups compare it; of a person the keyed digest.
    package let subject: String
    package let name: String
    package let receipt: String
    package let purpose: String
    package let measure: String
    package let isApplied: Bool
    package let reason: String
    package let on: CivilDate
    package let effect: String
    package let caseNumber: String
    package let unit: String
    /// nil while nobody closed it.
    package let closed: MeasureClosed?
}

extension ReadTransaction {
    /// Every case held, ascending by id.
    package func measures() throws -> [MeasureRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM measure").map { try measure($0) }.sorted { $0.id < $1.id }
    }

    package func measure(_ id: Dot) throws -> MeasureRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM measure WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try measure($0) }
    }

    private func measure(_ row: Row) throws -> MeasureRow {
        let id = try dot(row["replica"], row["counter"])
        let day: Int = row["day"], closedOn: Int? = row["closed_on"], reason: String? = row["closed_reason"], feedback: String? = row["feedback"]
        var closed: MeasureClosed?
        if let closedOn, let reason, let feedback {
            closed = MeasureClosed(opened: id, reason: reason, feedback: feedback, on: CivilDate(daysSinceEpoch: closedOn) ?? .earliest)
        }
        return MeasureRow(
            id: id, basis: try dot(row["basis_replica"], row["basis_counter"]), subject: row["subject"], name: row["name"], receipt: row["receipt"],
            purpose: row["purpose"], measure: row["measure"], isApplied: row["applied"], reason: row["reason"], on: CivilDate(daysSinceEpoch: day) ?? .earliest,
            effect: row["effect"], caseNumber: row["case_number"], unit: row["unit"], closed: closed)
    }

    /// What tiers below the root ever said of an item, under whatever catalogue edition, by author.
    package func disclosures(item: UInt32) throws -> [(author: Dot, disclosure: Disclosure)] {
        let statement = try db.cachedStatement(sql: "SELECT replica, counter, disclosure FROM disclosure WHERE item = ?")
        return try Row.fetchAll(statement, arguments: [Int64(item)]).compactMap { row in
            let raw: UInt32 = row["disclosure"]
            guard let disclosure = Disclosure(rawValue: raw) else { return nil }
            return (try dot(row["replica"], row["counter"]), disclosure)
        }.sorted { $0.author < $1.author }
    }

    /// The newest of these sayings held of each replica, ascending.
    package func latestDisclosures() throws -> [Dot] {
        try Row.fetchAll(db, sql: "SELECT replica, max(counter) AS counter FROM disclosure GROUP BY replica").map { try dot($0["replica"], $0["counter"]) }.sorted()
    }
}

extension WriteTransaction {
    package func put(_ measure: MeasureOpened, id: Dot, unit: String) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO measure (replica, counter, basis_replica, basis_counter, subject, name, receipt, purpose, measure, applied, reason, day, effect,
                    case_number, unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                try number(id.replica), Int64(id.counter), try number(measure.basis.replica), Int64(measure.basis.counter), measure.subject.lookupText, measure.name,
                measure.receipt, measure.purpose, measure.measure, measure.isApplied, measure.reason, measure.on.daysSinceEpoch, measure.effect,
                measure.caseNumber, unit,
            ])
    }

    /// Of several closings the one with the smallest dot stands.
    package func put(_ closed: MeasureClosed, change: Dot) throws {
        let place: StatementArguments = [try number(closed.opened.replica), Int64(closed.opened.counter)]
        if let held = try Row.fetchOne(db, sql: "SELECT closed_replica, closed_counter FROM measure WHERE replica = ? AND counter = ?", arguments: place) {
            let replica: Int64? = held[0], counter: Int64? = held[1]
            if let replica, let counter, try dot(replica, counter) < change { return }
        }
        try db.execute(
            sql: "UPDATE measure SET closed_replica = ?, closed_counter = ?, closed_reason = ?, feedback = ?, closed_on = ? WHERE replica = ? AND counter = ?",
            arguments: [try number(change.replica), Int64(change.counter), closed.reason, closed.feedback, closed.on.daysSinceEpoch] + place)
    }

    package func put(_ narrowed: DisclosureNarrowed, id: Dot) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO disclosure VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                Data(narrowed.edition.bytes), Int64(narrowed.item), try number(id.replica), Int64(id.counter), narrowed.disclosure.rawValue, narrowed.reason,
            ])
    }
}
