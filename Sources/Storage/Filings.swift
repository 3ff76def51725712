import Foundation
import GRDB
import Registry
import Replication

/// A filing as held.
package struct FilingRow: Sendable, Hashable {
    package let id: Dot
    /// First 16 bytes of the digest of the natural key it names.
    package let naturalKey: [UInt8]
    /// Stable name of the act.
    package let act: String
    package let receipt: String

    package init(id: Dot, naturalKey: [UInt8], act: String, receipt: String) {
        (self.id, self.naturalKey, self.act, self.receipt) = (id, naturalKey, act, receipt)
    }
}

/// That a filing stands on a record.
package struct FilingRoute: Sendable, Hashable {
    package let record: Dot
    /// The re-issued change.
    package let change: Dot

    package init(record: Dot, change: Dot) { (self.record, self.change) = (record, change) }
}

/// The last answer of one node.
package struct FilingAnswerRow: Sendable, Hashable {
    package let author: NodePath
    package let number: UInt64
    package let state: FilingState
    package let change: Dot

    package init(author: NodePath, number: UInt64, state: FilingState, change: Dot) {
        (self.author, self.number, self.state, self.change) = (author, number, state, change)
    }
}

private enum FilingSQL {
    static let any = HotSQL("SELECT 1 FROM filing LIMIT 1")
}

extension ReadTransaction {
    package func filing(_ id: Dot) throws -> FilingRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM filing WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map(filingRow)
    }

    /// Filings that name this natural key, ascending.
    package func filings(naturalKey: [UInt8]) throws -> [FilingRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM filing WHERE natural_key = ?")
        return try Row.fetchAll(statement, arguments: [Data(naturalKey)]).map(filingRow).sorted { $0.id < $1.id }
    }

    /// Every filing held, ascending.
    package func filings() throws -> [FilingRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM filing").map(filingRow).sorted { $0.id < $1.id }
    }

    private func filingRow(_ row: Row) throws -> FilingRow {
        let key: Data = row["natural_key"]
        return FilingRow(id: try dot(row["replica"], row["counter"]), naturalKey: Array(key), act: row["act"], receipt: row["receipt"])
    }

    /// Where a filing stands, ascending by record.
    package func routes(of filing: Dot) throws -> [FilingRoute] {
        guard let replica = try replicaNumber(filing.replica) else { return [] }
        let statement = try db.cachedStatement(
            sql: "SELECT record_replica, record_counter, change_replica, change_counter FROM filing_route WHERE replica = ? AND counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, Int64(filing.counter)]).map { row in
            FilingRoute(record: try dot(row[0], row[1]), change: try dot(row[2], row[3]))
        }.sorted { ($0.record, $0.change) < ($1.record, $1.change) }
    }

    /// Answers to a filing, ascending by author.
    package func answers(to filing: Dot) throws -> [FilingAnswerRow] {
        guard let replica = try replicaNumber(filing.replica) else { return [] }
        let statement = try db.cachedStatement(
            sql: "SELECT author, number, state, change_replica, change_counter FROM filing_answer WHERE replica = ? AND counter = ? ORDER BY author")
        return try Row.fetchAll(statement, arguments: [replica, Int64(filing.counter)]).compactMap { row in
            let number: Int64 = row[1], state: UInt32 = row[2]
            guard let author = NodePath(row[0]), let state = FilingState(rawValue: state) else { return nil }
            return FilingAnswerRow(author: author, number: UInt64(number), state: state, change: try dot(row[3], row[4]))
        }
    }
}

extension WriteTransaction {
    /// Whether any filing is held at all: lets others skip the question.
    package func anyFilings() throws -> Bool {
        if let filings { return filings }
        let any = try hot(FilingSQL.any).any()
        filings = any
        return any
    }

    package func put(_ filing: FilingRow) throws {
        filings = true
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO filing VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [try number(filing.id.replica), Int64(filing.id.counter), Data(filing.naturalKey), filing.act, filing.receipt])
    }

    package func put(_ route: FilingRoute, of filing: Dot) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO filing_route VALUES (?, ?, ?, ?, ?, ?)").execute(arguments: [
            try number(filing.replica), Int64(filing.counter), try number(route.record.replica), Int64(route.record.counter),
            try number(route.change.replica), Int64(route.change.counter),
        ])
    }

    /// Keeps the answer with the highest number of its author, of two with one number the later state.
    package func put(_ answer: FilingAnswerRow, to filing: Dot) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO filing_answer VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET number = excluded.number, state = excluded.state, change_replica = excluded.change_replica,
                    change_counter = excluded.change_counter
                WHERE (excluded.number, excluded.state) > (number, state)
                """
        ).execute(arguments: [
            try number(filing.replica), Int64(filing.counter), answer.author.description, Int64(answer.number), answer.state.rawValue,
            try number(answer.change.replica), Int64(answer.change.counter),
        ])
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO filing_said VALUES (?, ?, ?, ?)").execute(arguments: [
            try number(filing.replica), Int64(filing.counter), try number(answer.change.replica), Int64(answer.change.counter),
        ])
    }
}

extension ReadTransaction {
    /// Filings that stand on a record.
    package func filings(on record: Dot) throws -> [Dot] {
        guard let replica = try replicaNumber(record.replica) else { return [] }
        let statement = try db.cachedStatement(sql: "SELECT DISTINCT replica, counter FROM filing_route WHERE record_replica = ? AND record_counter = ?")
        return try Row.fetchAll(statement, arguments: [replica, Int64(record.counter)]).map { try dot($0[0], $0[1]) }.sorted()
    }
}
