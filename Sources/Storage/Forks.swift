import Foundation
import GRDB
import Registry
import Replication

/// What an ancestor said of a replica whose past was written twice.
package struct ForkRulingRow: Sendable, Hashable {
    package let replica: ReplicaID
    /// The ruling itself; its author is its replica's path.
    package let ruling: Dot
    /// Counters up to here keep their effect.
    package let through: UInt64
    package let goesOn: Bool
    package let reason: String

    package init(replica: ReplicaID, ruling: Dot, through: UInt64, goesOn: Bool, reason: String) {
        (self.replica, self.ruling, self.through, self.goesOn, self.reason) = (replica, ruling, through, goesOn, reason)
    }
}

/// What a replica said of a branch of its past that nobody took.
package struct ForkReportRow: Sendable, Hashable {
    package let replica: ReplicaID
    package let report: Dot
    /// Kept at the node that reported.
    package let changes: UInt64

    package init(replica: ReplicaID, report: Dot, changes: UInt64) { (self.replica, self.report, self.changes) = (replica, report, changes) }
}

private enum ForkSQL {
    static let any = HotSQL("SELECT 1 FROM fork_ruling LIMIT 1")
}

extension ReadTransaction {
    /// Rulings on one replica; on nil all. Ascending by replica, then by the tier of who ruled, highest first.
    package func forkRulings(of replica: ReplicaID? = nil) throws -> [ForkRulingRow] {
        let rows: [Row]
        if let replica {
            guard let number = try replicaNumber(replica) else { return [] }
            rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM fork_ruling WHERE replica = ?"), arguments: [number])
        } else {
            rows = try Row.fetchAll(db, sql: "SELECT * FROM fork_ruling")
        }
        return try rows.map { row in
            let through: Int64 = row["through"], goesOn: Int64 = row["goes_on"]
            return ForkRulingRow(
                replica: try self.replica(number: row["replica"]), ruling: try dot(row["ruling_replica"], row["ruling_counter"]), through: UInt64(through),
                goesOn: goesOn == 1, reason: row["reason"])
        }.sorted { a, b in
            if a.replica != b.replica { return a.replica < b.replica }
            let (x, y) = (a.ruling.replica.path.depth, b.ruling.replica.path.depth)
            return x == y ? a.ruling < b.ruling : x < y
        }
    }

    /// Reports of losing branches, ascending.
    package func forkReports() throws -> [ForkReportRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM fork_report").map { row in
            let changes: Int64 = row["changes"]
            return ForkReportRow(replica: try replica(number: row["replica"]), report: try dot(row["report_replica"], row["report_counter"]), changes: UInt64(changes))
        }.sorted { ($0.replica, $0.report) < ($1.replica, $1.report) }
    }

    /// Beyond which counter changes of a replica wait for a ruling; nil = they do not. The highest tier that said anything
    /// of it decides: its person's word, or else the highest counter that it saw receipted.
    package func heldBack(beyond replica: ReplicaID) throws -> UInt64? {
        // Asked of every change that arrives.
        let any = if let forks { forks } else { try hot(ForkSQL.any).any() }
        forks = any
        guard any else { return nil }
        let rulings = try forkRulings(of: replica)
        guard let tier = rulings.first?.ruling.replica.path.depth else { return nil }
        let deciding = rulings.filter { $0.ruling.replica.path.depth == tier }
        if deciding.contains(where: \.goesOn) { return nil }
        // What was receipted anywhere keeps its effect.
        return rulings.map(\.through).max()
    }

    /// The highest counter held of a replica; 0 = none.
    package func highestCounter(of replica: ReplicaID) throws -> UInt64 {
        guard let number = try replicaNumber(replica) else { return 0 }
        let end = try Int64.fetchOne(db, sql: "SELECT max(first_counter + count) FROM change_set WHERE replica = ?", arguments: [number])
        return end.map { UInt64($0 - 1) } ?? 0
    }

    /// The first held change set that uses any of these counters of a replica.
    package func changeSet(of replica: ReplicaID, using counters: ClosedRange<UInt64>) throws -> StoredChangeSet? {
        guard let number = try replicaNumber(replica) else { return nil }
        let first = try Int64.fetchOne(
            db, sql: "SELECT first_counter FROM change_set WHERE replica = ? AND first_counter <= ? AND first_counter + count > ? ORDER BY first_counter LIMIT 1",
            arguments: [number, Int64(clamping: counters.upperBound), Int64(clamping: counters.lowerBound)])
        return try first.flatMap { try changeSet(holding: Dot(replica: replica, counter: UInt64($0))) }
    }
}

extension WriteTransaction {
    package func put(_ ruling: ForkRulingRow) throws {
        forks = nil
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO fork_ruling VALUES (?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(ruling.replica), try number(ruling.ruling.replica), Int64(ruling.ruling.counter), Int64(ruling.through), ruling.goesOn ? 1 : 0,
            ruling.reason.bounded(500),
        ])
    }

    package func put(_ report: ForkReportRow) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO fork_report VALUES (?, ?, ?, ?)").execute(arguments: [
            try number(report.replica), try number(report.report.replica), Int64(report.report.counter), Int64(clamping: report.changes),
        ])
    }

    /// Ends what relief of a losing branch kept from being published.
    package func endSuspensions(by change: Dot) throws {
        try db.cachedStatement(sql: "DELETE FROM suspension WHERE replica = ? AND counter = ?").execute(arguments: [try number(change.replica), Int64(change.counter)])
    }
}
