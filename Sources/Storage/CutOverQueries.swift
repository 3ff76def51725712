import Foundation
import GRDB
import Registry
import Replication

extension ReadTransaction {
    /// How far each replica had written, by what is held of all its ledgers, ascending by name: the frontier an issuer signs.
    /// What lies below may not be held: it went to another audience, and was written before.
    package func frontier() throws -> [CutOver] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT replica, max(first_counter + count - 1) AS last FROM change_set GROUP BY replica")
        return try rows.map { row in
            let last: Int64 = row["last"]
            return CutOver(replica: try replica(number: row["replica"]).description, counter: UInt64(last))
        }.sorted { $0.replica.utf8.lexicographicallyPrecedes($1.replica.utf8) }
    }

    /// Replicas of which change sets are held, ascending.
    package func authors() throws -> [ReplicaID] {
        try Int64.fetchAll(db, sql: "SELECT DISTINCT replica FROM ledger").map { try replica(number: $0) }.sorted()
    }

    /// Change sets of a replica that hold something beyond `counter`, ascending, a page at a time.
    package func changeSets(of replica: ReplicaID, beyond counter: UInt64, limit: Int) throws -> [StoredChangeSet] {
        guard let number = try replicaNumber(replica) else { return [] }
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM change_set WHERE replica = ? AND first_counter + count - 1 > ? ORDER BY first_counter LIMIT ?")
        return try Row.fetchAll(statement, arguments: [number, Int64(clamping: counter), limit]).map { stored($0, ledger: try ledger(numbered: $0["ledger"])) }
    }

    /// Quarantined changes by the rules that did it, ascending.
    package func quarantined(by rules: [String]) throws -> [Dot] {
        let marks = rules.map { _ in "?" }.joined(separator: ", ")
        return try Row.fetchAll(
            db, sql: "SELECT replica, counter FROM pending WHERE state = 'quarantined' AND rule IN (\(marks))", arguments: StatementArguments(rules)
        ).map { try dot($0[0], $0[1]) }.sorted()
    }
}

extension WriteTransaction {
    /// Forgets the row of a record of which nothing is accepted any more.
    package func dropRecord(_ id: Dot) throws {
        guard let replica = try replicaNumber(id.replica) else { return }
        try removeRow(try PackedDot.pack(replica, id.counter))
    }
}
