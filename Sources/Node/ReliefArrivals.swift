import Registry
import Replication
import Storage

/// What an act means for look-ups: those to come must resolve its record, and those answered before may have to be told (M45).
extension Projector {
    /// - Parameter before: the record's row before the act, where relief may have altered it.
    func actedOn(_ record: Dot, by dot: Dot, _ kind: ChangeKind, _ before: RecordRow?) throws {
        try tx.noteActs(on: record)
        try concern(kinOf: record)
        if case .act(.identity(let link)) = kind, try tx.record(link.other) != nil { try tx.noteActs(on: link.other) }
        guard try isWatched(), let name = kind.reliefName, let subject = try before?.subject ?? tx.record(record)?.subject, before?.validity != .revoked else { return }
        try arrive(ReliefArrival(change: dot, record: record, subject: subject, kind: name, through: 0, arrivedAt: 0))
    }

    /// A published removal, before it is applied.
    func removed(_ removal: ListRemoval, by dot: Dot) throws {
        guard try isWatched(), let list = try tx.list(removal.list), try !tx.isRemoved(removal.list, subject: removal.subject.lookupText, document: removal.document) else { return }
        try arrive(ReliefArrival(change: dot, record: nil, list: list.opened.code, subject: removal.subject.lookupText, kind: "removed", through: 0, arrivedAt: 0))
    }

    /// Whether anybody is to be told what relief did: nobody is while nobody ever asked. A replay tells nobody anew, but once,
    /// of what an earlier version could not find.
    func isWatched() throws -> Bool { try (!isReplay || tx.reliefFrom != nil) && lookups() > 0 }

    /// Look-ups answered so far; none is while this transaction writes.
    private func lookups() throws -> Int64 {
        if let known = shelf.lookups { return known }
        let number = try tx.lookupTip().number
        shelf.lookups = number
        return number
    }

    private func arrive(_ arrival: ReliefArrival) throws {
        var arrival = arrival
        arrival.arrivedAt = tx.reliefFrom ?? node.environment.now()
        arrival.through = try tx.reliefFrom.map { try tx.lookupLine(by: $0) } ?? lookups()
        guard arrival.through > 0 else { return }
        try tx.arrive(arrival)
    }

    /// A record that comes to share its natural key with another: both are resolved when they are asked for.
    func noteDuplicates(of id: Dot, _ naturalKey: [UInt8]) throws {
        // A replay has no index of keys until its end, and finds them then.
        guard !isReplay, try tx.hasRecord(naturalKey: naturalKey) else { return }
        let others = try tx.records(naturalKey: naturalKey).filter { $0.id != id }
        guard !others.isEmpty else { return }
        for record in [id] + others.map(\.id) { try tx.noteActs(on: record) }
        tx.kinDue.insert(id)
    }
}

extension ChangeKind {
    /// What relief does to what a look-up told, by a stable name; nil where it does nothing to it. An objection marks, and
    /// changes nothing yet.
    var reliefName: String? {
        switch self {
        case .revocation: "revoked"
        case .draftStep(let step): step.target == nil ? nil : "suspended"
        case .act(let act): act.reliefName
        case .recordState, .affair, .attachmentsAdded, .federation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar,
            .itemProposal, .proposalReply, .erasure, .optOut, .unknown: nil
        }
    }
}

extension RecordAct {
    fileprivate var reliefName: String? {
        switch self {
        case .correction(let correction): correction.objection == nil ? nil : "corrected"
        case .reply(let reply): reply.outcome == .upheld ? "upheld" : nil
        case .repair(let act): act.step.isRelief ? "repaired" : nil
        case .publication(let mark):
            switch mark.step {
            case .suspended: "suspended"
            case .stopped: "stopped"
            case .resumed: nil
            }
        case .identity(let link): link.isSame ? nil : "separated"
        case .upheld, .objection, .reviewRequest, .forwarding, .litigation, .fulfilment: nil
        }
    }
}
