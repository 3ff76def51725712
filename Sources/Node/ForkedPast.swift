import Registry
import Replication
import Storage

extension Node {
    /// Whether a change of an earlier incarnation of this node stands on a branch that nobody took: it counts nowhere, and is
    /// written anew (M46). Only the machine that wrote it holds it; what it reported is the evidence.
    func isLost(_ dot: Dot, _ tx: ReadTransaction) throws -> Bool {
        guard dot.replica.path == path, dot.replica != replica else { return false }
        let reports = try tx.forkReports().filter { $0.replica == dot.replica && $0.report.replica.path == path }
        guard !reports.isEmpty, let ledger = try tx.ledger(holding: dot) else { return false }
        return try reports.contains { row in
            guard case .federation(.forkReport(let report))? = try change(row.report, tx)?.change.kind else { return false }
            let first = report.entry.header
            guard first.ledger == ledger, dot.counter >= first.firstCounter else { return false }
            // The other machine holds another entry in that place.
            return try tx.header(of: ledger, at: first.sequence)?.header == first
        }
    }
}

extension Projector {
    /// Takes back what was accepted of a replica and no longer is, now that more is known of its past: whichever came first, the
    /// same counts (guarantee 1). Records and what is said on them; lists and editions have no way back.
    func takeBack(_ replica: ReplicaID, beyond counter: UInt64, _ judgement: (Dot) throws -> Judgement?) throws {
        var last = counter
        while true {
            let page = try tx.changeSets(of: replica, beyond: last, limit: 16)
            guard let end = page.last else { return }
            for set in page where set.ledger.audience != .local {
                let bodies = try node.readBodies(set)
                for index in 0..<set.count where !bodies.places[index].isEmpty {
                    let dot = Dot(replica: replica, counter: set.firstCounter + UInt64(index))
                    guard dot.counter > counter, let body = bodies[index], let change = try? Change(serialized: body), change.kind.isTakenBack, try tx.pending(dot) == nil,
                        let fault = try judgement(dot)
                    else { continue }
                    try tx.note(fault, of: dot)
                    try suspend(change, dot, fault)
                    try project(change.record ?? dot)
                }
            }
            last = end.firstCounter + UInt64(end.count) - 1
        }
    }
}

extension ChangeKind {
    fileprivate var isTakenBack: Bool {
        switch self {
        case .recordState, .attachmentsAdded, .revocation, .act: true
        case .affair, .draftStep, .federation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar, .itemProposal,
            .proposalReply, .erasure, .optOut, .unknown: false
        }
    }
}
