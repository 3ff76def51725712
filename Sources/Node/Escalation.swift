import Registry
import Replication
import Storage

/// Why a question of a node below has become this node's (rules.md 3.7; 逾期上报).
package enum EscalationReason: String, Sendable, Hashable {
    /// A clock ran out without an answer.
    case overdue
    /// The home was not heard of for days: nobody can say whether it works on it.
    case silent
}

extension Node {
    /// What is open below and has come up: derived from what is held, the same as often as it is asked.
    /// - Parameter silentDays: after how many days without a word of its home a question comes up.
    package func escalated(_ open: OpenDecision, silentDays: Int, heard: [NodePath: UInt64]) -> EscalationReason? {
        guard path.isProperAncestor(of: open.view.home) else { return nil }
        let isLate = open.tickets.contains(where: \.isOverdue) || open.cases.contains { one in one.clocks.contains { $0.isOverdue && $0.doneOn == nil } }
        if isLate { return .overdue }
        let now = environment.now(), last = heard[open.view.home] ?? 0
        return now > last && now - last > UInt64(silentDays) * 86_400_000 ? .silent : nil
    }

    /// When each node was last heard of, by what it signed and by its line here; milliseconds since 1970.
    package func lastHeard() throws -> [NodePath: UInt64] {
        var heard: [NodePath: UInt64] = [:]
        func hear(_ path: NodePath, _ time: UInt64) { heard[path] = max(heard[path] ?? 0, time) }
        for held in conditions.all { hear(held.issuer, min(held.issuedAt, held.receivedAt)) }
        try store.read { tx in
            for row in try tx.statements() { hear(row.issuer, min(row.issuedAt, row.receivedAt)) }
            for member in try tx.members() { if let contact = member.lastContact { hear(member.path, contact) } }
            for tip in try tx.tips() where tip.ledger.replica.path != path {
                guard let last = try tx.header(of: tip.ledger, at: tip.tip.sequence) else { continue }
                hear(tip.ledger.replica.path, last.receivedAt)
            }
        }
        return heard
    }
}
