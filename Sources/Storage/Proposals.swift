import Foundation
import GRDB
import Registry
import Replication

/// A proposed supplement to the catalogue, as held.
package struct ProposalRow: Sendable, Hashable {
    package let id: Dot
    package let item: String
    package let title: String
    package let reason: String
    /// nil = not answered.
    package let outcome: ProposalReply.Outcome?
    package let reply: String?
    package let edition: Digest?
}

extension ReadTransaction {
    /// Every proposal held, ascending by id.
    package func proposals() throws -> [ProposalRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM proposal").map { try proposal($0) }.sorted { $0.id < $1.id }
    }

    package func proposal(_ id: Dot) throws -> ProposalRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM proposal WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try proposal($0) }
    }

    private func proposal(_ row: Row) throws -> ProposalRow {
        let outcome: UInt32? = row["outcome"]
        let edition: Data? = row["edition"]
        return ProposalRow(
            id: try dot(row["replica"], row["counter"]), item: row["item"], title: row["title"], reason: row["reason"],
            outcome: outcome.flatMap { ProposalReply.Outcome(rawValue: $0) }, reply: row["reply"], edition: edition.flatMap { Digest($0) })
    }
}

extension WriteTransaction {
    package func put(_ proposal: ItemProposal, id: Dot) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO proposal (replica, counter, item, title, reason) VALUES (?, ?, ?, ?, ?)",
            arguments: [try number(id.replica), Int64(id.counter), proposal.item.code, proposal.item.titleZh, proposal.reason])
    }

    /// Adoption stands over a refusal, should a restored root have answered twice: what was published cannot be unsaid.
    package func put(_ reply: ProposalReply) throws {
        try db.execute(
            sql: """
                UPDATE proposal SET outcome = ?, reply = ?, edition = ?
                WHERE replica = ? AND counter = ? AND (outcome IS NULL OR outcome > ? OR (outcome = ? AND reply > ?))
                """,
            arguments: [
                reply.outcome.rawValue, reply.reason, reply.edition.map { Data($0.bytes) }, try number(reply.proposal.replica),
                Int64(reply.proposal.counter), reply.outcome.rawValue, reply.outcome.rawValue, reply.reason,
            ])
    }
}
