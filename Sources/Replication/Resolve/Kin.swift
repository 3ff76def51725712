import Registry

/// What a view shows of the same decision's records that are not held here.
package struct KinView: Sendable, Hashable {
    /// Ascending.
    package let others: [Dot]
    /// Where the canonical record stands: its clock counts (M36).
    package let home: NodePath
}

/// What nodes above say of a decision's records that are not among those given (M33, M34, M36): it counts as if they were held.
struct Kin {
    private(set) var view: KinView?
    /// Ascending by origin.
    private(set) var revocations: [(change: Dot, revocation: Revocation)] = []
    private(set) var repair: RepairState?
    private(set) var holds: Set<PublicationReason> = []

    init(_ history: History) {
        guard history.sorts.contains(.kinship) else { return }
        var last: [Speaker: (dot: Dot, said: Kinship)] = [:]
        for index in history.indices(of: .kinship) {
            let held = history.changes[index]
            guard case .federation(.kinship(let said)) = held.change.kind else { continue }
            let speaker = Speaker(record: held.record, author: held.origin.replica.path)
            if let known = last[speaker], (known.said.number, known.dot) > (said.number, held.origin) { continue }
            last[speaker] = (held.origin, said)
        }
        // Whose own changes are given with them: nobody needs words of those.
        let present = Set(history.changes.map(\.record))
        let counting = last.filter { one in !one.value.said.others.allSatisfy(present.contains) }.sorted { $0.key < $1.key }
        var bases: [Dot: Revocation] = [:]
        for (_, one) in counting {
            for withdrawn in one.said.revocations { bases[withdrawn.change] = withdrawn.revocation }
            if let stops = one.said.repair { repair = repair ?? stops }
            holds.formUnion(one.said.holds.map(\.reason))
        }
        revocations = bases.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        // The node nearest to the root knows most.
        if let first = counting.first(where: { $0.value.said.isRelief || $0.value.said.home != $0.key.record.replica.path })?.value.said {
            let others = Set(counting.flatMap(\.value.said.others)).subtracting(present)
            view = KinView(others: others.sorted(), home: first.home)
        }
    }

    private struct Speaker: Hashable, Comparable {
        let record: Dot
        let author: NodePath

        static func < (a: Speaker, b: Speaker) -> Bool {
            if a.author.depth != b.author.depth { return a.author.depth < b.author.depth }
            return a.author == b.author ? a.record < b.record : a.author < b.author
        }
    }
}

extension KinHold {
    package var reason: PublicationReason {
        switch self {
        case .stoppedByHand: .byHand
        case .identity: .identity
        case .conflict: .conflict
        case .contradiction: .contradiction
        case .upheld: .upheld
        case .repairInDoubt: .repairInDoubt
        case .suspendedByHand: .suspendedByHand
        case .separated: .separated
        case .commitment: .commitment
        case .returned: .returned
        }
    }
}

/// A node above the record's home speaks, of records below it, where the record's changes go.
func judge(_ kinship: Kinship, _ change: Change, _ dot: Dot, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard let record = change.record else { return .quarantined(rule: "malformed", detail: "kinship names its record") }
    if change.context.contains(dot) { return .quarantined(rule: "malformed", detail: "its context names itself") }
    let author = ledger.replica.path
    guard author.isProperAncestor(of: record.replica.path) else { return .quarantined(rule: "not-competent", detail: "\(author) is not above \(record.replica.path)") }
    guard case .lineage(of: record.replica.path, _) = ledger.audience else { return .quarantined(rule: "wrong-audience", detail: "kinship goes where its record went") }
    guard !kinship.others.contains(record), kinship.others.allSatisfy({ author.isAncestorOrSelf(of: $0.replica.path) }), author.isAncestorOrSelf(of: kinship.home) else {
        return .quarantined(rule: "not-competent", detail: "\(author) speaks of records below it alone")
    }
    return circumstances.naturalKey(record) == nil ? .waiting(.change(record)) : .accepted
}
