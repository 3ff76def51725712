import GRDB
import Registry
import Replication

/// A filing whose last record was purged.
package struct PurgedFiling: Sendable, Hashable, Comparable {
    package let filing: Dot
    /// The order that purged the record.
    package let order: Dot

    package init(filing: Dot, order: Dot) { (self.filing, self.order) = (filing, order) }

    package static func < (a: PurgedFiling, b: PurgedFiling) -> Bool { (a.filing, a.order) < (b.filing, b.order) }
}

extension ReadTransaction {
    /// Every answer held to a filing, ascending.
    package func answersSaid(to filing: Dot) throws -> [Dot] {
        guard let replica = try replicaNumber(filing.replica) else { return [] }
        let statement = try db.cachedStatement(sql: "SELECT change_replica, change_counter FROM filing_said WHERE replica = ? AND counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, Int64(filing.counter)]).map { try dot($0[0], $0[1]) }.sorted()
    }

    /// The filing that stands on a record by this change; nil when none does.
    package func filing(standingBy change: Dot, on record: Dot) throws -> Dot? {
        guard let home = try replicaNumber(record.replica), let replica = try replicaNumber(change.replica) else { return nil }
        let statement = try db.cachedStatement(
            sql: "SELECT replica, counter FROM filing_route WHERE record_replica = ? AND record_counter = ? AND change_replica = ? AND change_counter = ?")
        return try Row.fetchOne(statement, arguments: [home, Int64(record.counter), replica, Int64(change.counter)]).map { try dot($0[0], $0[1]) }
    }
}

extension WriteTransaction {
    /// A change by which a filing stood on a record is erased.
    package func endRoute(by change: Dot, on record: Dot) throws {
        guard let home = try replicaNumber(record.replica), let replica = try replicaNumber(change.replica) else { return }
        try db.cachedStatement(
            sql: "DELETE FROM filing_route WHERE record_replica = ? AND record_counter = ? AND change_replica = ? AND change_counter = ?"
        ).execute(arguments: [home, Int64(record.counter), replica, Int64(change.counter)])
    }

    /// Takes a filing out of the projection, with all that was answered.
    package func forget(filing: Dot) throws {
        guard let replica = try replicaNumber(filing.replica) else { return }
        for table in ["filing", "filing_route", "filing_answer", "filing_said"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE replica = ? AND counter = ?", arguments: [replica, Int64(filing.counter)])
        }
        filings = nil
    }

    /// Relief that came for a record and was not yet matched against the log: names the subject.
    package func forgetArrivals(of record: Dot) throws {
        guard let replica = try replicaNumber(record.replica) else { return }
        try db.execute(sql: "DELETE FROM relief_arrival WHERE record_replica = ? AND record_counter = ?", arguments: [replica, Int64(record.counter)])
    }
}
