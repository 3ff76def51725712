import Foundation
import GRDB
import Registry
import Replication

/// A proposal to a list, as held.
package struct ListProposalRow: Sendable, Hashable {
    package let id: Dot
    package let list: Dot
    package let intent: ListIntent
    /// As look-ups compare it; of a person the keyed digest.
    package let subject: String
    package let name: String
    package let document: String
    package let reason: String
    /// Who proposed.
    package let unit: String
    /// Milliseconds since 1970 by the proposer's clock.
    package let capturedAt: UInt64
    /// nil = open.
    package let outcome: ProposalReply.Outcome?
    package let reply: String?
    /// The entry or removal that carries it out.
    package let result: Dot?
}

extension ReadTransaction {
    /// Every proposal to a list held, ascending by id.
    package func listProposals() throws -> [ListProposalRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM list_proposal").map { try listProposal($0) }.sorted { $0.id < $1.id }
    }

    /// Proposals that nobody answered yet to take an entry off, or that an entry is wrong; ascending by id.
    package func openListObjections() throws -> [ListProposalRow] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM list_proposal WHERE outcome IS NULL AND intent IN (2, 3)")
        return try Row.fetchAll(statement).map { try listProposal($0) }.sorted { $0.id < $1.id }
    }

    package func listProposal(_ id: Dot) throws -> ListProposalRow? {
        guard let replica = try replicaNumber(id.replica) else { return nil }
        let statement = try db.cachedStatement(sql: "SELECT * FROM list_proposal WHERE replica = ? AND counter = ?")
        return try Row.fetchOne(statement, arguments: [replica, Int64(id.counter)]).map { try listProposal($0) }
    }

    private func listProposal(_ row: Row) throws -> ListProposalRow {
        let intent: UInt32 = row["intent"], outcome: UInt32? = row["outcome"], captured: Int64 = row["captured_at"]
        let replica: Int64? = row["result_replica"], counter: Int64? = row["result_counter"]
        var result: Dot?
        if let replica, let counter { result = try dot(replica, counter) }
        return ListProposalRow(
            id: try dot(row["replica"], row["counter"]), list: try dot(row["list_replica"], row["list_counter"]), intent: ListIntent(rawValue: intent) ?? .objection,
            subject: row["subject"], name: row["name"], document: row["document"], reason: row["reason"], unit: row["unit"], capturedAt: UInt64(captured),
            outcome: outcome.flatMap { ProposalReply.Outcome(rawValue: $0) }, reply: row["reply"], result: result)
    }
}

extension WriteTransaction {
    package func put(_ proposal: ListProposal, id: Dot, unit: String, capturedAt: UInt64) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO list_proposal (replica, counter, list_replica, list_counter, intent, subject, name, document, reason, unit, captured_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                try number(id.replica), Int64(id.counter), try number(proposal.list.replica), Int64(proposal.list.counter), proposal.intent.rawValue,
                proposal.subject.lookupText, proposal.name, proposal.document, proposal.reason, unit, Int64(clamping: capturedAt),
            ])
    }

    /// Adoption stands over a refusal, should a restored issuer have answered twice: what was published cannot be unsaid. Of
    /// two equal answers the one with the smaller dot stands.
    package func put(_ reply: ListReply, change: Dot) throws {
        guard let held = try Row.fetchOne(
            db, sql: "SELECT outcome, reply_replica, reply_counter, list_replica, list_counter FROM list_proposal WHERE replica = ? AND counter = ?",
            arguments: [try number(reply.proposal.replica), Int64(reply.proposal.counter)])
        else { return }
        guard try dot(held["list_replica"], held["list_counter"]) == reply.list else { return }
        let outcome: UInt32? = held["outcome"], replica: Int64? = held["reply_replica"], counter: Int64? = held["reply_counter"]
        if let outcome, let replica, let counter {
            if outcome < reply.outcome.rawValue { return }
            if outcome == reply.outcome.rawValue, try dot(replica, counter) < change { return }
        }
        try db.execute(
            sql: """
                UPDATE list_proposal SET outcome = ?, reply = ?, reply_replica = ?, reply_counter = ?, result_replica = ?, result_counter = ?
                WHERE replica = ? AND counter = ?
                """,
            arguments: [
                reply.outcome.rawValue, reply.reason, try number(change.replica), Int64(change.counter), try reply.result.map { try number($0.replica) },
                reply.result.map { Int64($0.counter) }, try number(reply.proposal.replica), Int64(reply.proposal.counter),
            ])
    }
}
