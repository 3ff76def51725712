import GRDB
import Registry
import Replication

/// Reading within one snapshot.
package class ReadTransaction {
    let session: Session
    var db: Database { session.db }
    /// Replicas met in this transaction, both ways: a row names its replica by number, a change by value.
    var replicas: [Int64: ReplicaID] = [:]
    var numbers: [ReplicaID: Int64] = [:]
    var lastReplica: (replica: ReplicaID, number: Int64)?
    /// Ledgers met in this transaction, with their tips as they stand in it.
    var places: [LedgerID: LedgerPlace] = [:]
    /// Whether there is any ruling on a fork; nil = not asked since it may have changed.
    var forks: Bool?
    init(_ session: Session) { self.session = session }

    /// The connection's own prepared statement for `sql`, ready for binding.
    package func hot(_ sql: HotSQL) throws -> HotStatement { try session.hot(sql) }
}

/// Reading and writing within one transaction.
package final class WriteTransaction: ReadTransaction {
    /// Changes of the record counts that are not written yet.
    var countDeltas: [RecordCountKey: Int] = [:]
    /// Whether any change may wait for something; nil = not asked yet.
    var waits: Bool?
    /// Whether this transaction came to want contents of attachments that are not held.
    package internal(set) var wantsContents = false
    /// Filings that something of this transaction concerns: whether this node has to pass them on, or to answer.
    package var filingsDue: Set<Dot> = []
    /// Changes that this transaction came to quarantine.
    package var quarantined: Set<Dot> = []
    /// Reports of losing branches that this transaction accepted.
    package var forkReportsDue: Set<Dot> = []
    /// Filings whose last record this transaction purged.
    package var filingsPurged: Set<PurgedFiling> = []
    /// Bodies were erased: the log is to be emptied after the commit.
    package var hasErased = false
    /// While a replay looks for relief that came before there was a way to find its look-ups: when the set it is at became
    /// durable here, milliseconds since 1970.
    package var reliefFrom: UInt64?
    /// Records with others of the same decision of which something was said: whether their homes must be told.
    package var kinDue: Set<Dot> = []
    /// Whether any filing is held; nil = not asked since it may have changed.
    var filings: Bool?

    /// Runs `body` whole or not at all within the transaction; what it threw is thrown on.
    package func wholly(_ body: () throws -> Void) throws {
        try session.run(.innerSavepoint)
        let due = (filingsDue, quarantined, forkReportsDue, filingsPurged, kinDue)
        do {
            try body()
            try session.run(.innerRelease)
        } catch {
            // Where SQLite gave the whole transaction up, there is nothing to go back to; the writer notices.
            if session.isInTransaction {
                try session.run(.innerRollbackTo)
                try session.run(.innerRelease)
            }
            // What was remembered may have been rolled back.
            (numbers, replicas, places, countDeltas, waits) = ([:], [:], [:], [:], nil)
            (lastReplica, forks) = (nil, nil)
            filings = nil
            (filingsDue, quarantined, forkReportsDue, filingsPurged, kinDue) = due
            throw error
        }
    }
}
