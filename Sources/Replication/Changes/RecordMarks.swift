import Registry

/// A step of a repair (T12–T14). Raw values are sealed.
package enum RepairStep: UInt32, Sendable, Hashable, CaseIterable {
    case applied = 1
    case approved = 2
    case refused = 3
    /// A court approved a reorganisation or settlement (T13).
    case provisional = 4
    /// False material or a broken promise (T14); counts only after the approval it withdraws (M22).
    case withdrawn = 5

    package var name: String {
        switch self {
        case .applied: "applied"
        case .approved: "approved"
        case .refused: "refused"
        case .provisional: "provisional"
        case .withdrawn: "withdrawn"
        }
    }

    package var isRelief: Bool {
        switch self {
        case .approved, .provisional: true
        case .applied, .refused, .withdrawn: false
        }
    }
}

/// One step of the repair of a record. An application may be taken anywhere; the rest is the deciding unit's.
package struct RepairAct: Sendable, Hashable {
    package var step: RepairStep
    /// Receipt of the application; of the other steps the one they answer, empty = of own motion.
    package var receipt: String
    package var on: CivilDate
    package var basis: Basis
    /// It was a condition that the same kind of fact is not repeated (M20).
    package var noRepeat: Bool
    /// With relief only.
    package var target: ReliefTarget?

    package init(step: RepairStep, receipt: String = "", on: CivilDate, basis: Basis, noRepeat: Bool = false, target: ReliefTarget? = nil) {
        self.step = step
        self.receipt = receipt
        self.on = on
        self.basis = basis
        self.noRepeat = noRepeat
        self.target = target
    }
}

/// Publication stopped or resumed by a person (T15). Raw values are sealed.
package enum PublicationStep: UInt32, Sendable, Hashable, CaseIterable {
    /// For a time; ends by itself when it is not confirmed.
    case suspended = 1
    case stopped = 2
    /// Lifts the suspensions and stops it saw.
    case resumed = 3

    package var name: String {
        switch self {
        case .suspended: "suspended"
        case .stopped: "stopped"
        case .resumed: "resumed"
        }
    }
}

package struct PublicationMark: Sendable, Hashable {
    package var step: PublicationStep
    package var reason: String
    package var on: CivilDate
    /// A suspension is confirmed: it no longer ends by itself.
    package var confirmed: Bool
    /// With relief only.
    package var target: ReliefTarget?

    package init(step: PublicationStep, reason: String, on: CivilDate, confirmed: Bool = false, target: ReliefTarget? = nil) {
        self.step = step
        self.reason = reason
        self.on = on
        self.confirmed = confirmed
        self.target = target
    }
}

/// Reconsideration or litigation is pending (T11): one mark a case number, lifted by its own closing alone (M44).
package struct LitigationMark: Sendable, Hashable {
    package var caseNumber: String
    package var isClosed: Bool
    package var note: String

    package init(caseNumber: String, isClosed: Bool, note: String = "") {
        self.caseNumber = caseNumber
        self.isClosed = isClosed
        self.note = note
    }
}

/// Two records are the same decision, or are not (T17, M35–M37). Of both sayings, “not” wins.
package struct IdentityLink: Sendable, Hashable {
    package var other: Dot
    package var isSame: Bool
    package var reason: String

    package init(other: Dot, isSame: Bool, reason: String) { (self.other, self.isSame, self.reason) = (other, isSame, reason) }
}

/// Whether a commitment was kept (M42).
package struct Fulfilment: Sendable, Hashable {
    package var isFulfilled: Bool
    package var basis: Basis
    package init(isFulfilled: Bool, basis: Basis) { (self.isFulfilled, self.basis) = (isFulfilled, basis) }
}

extension IdentityLink {
    /// Whether a node may say it (rules.md 3.3, who may do what). Records with other natural keys differ in what is material, so that they are
    /// merged by a tier above at least one of them: a street never does, a district what lies below it or with it, the root all. That two are
    /// not the same spares their subject: whoever both pass may say so.
    package func mayBeSaid(of record: Dot, by author: NodePath) -> Bool {
        let homes = [record.replica.path, other.replica.path]
        guard homes.allSatisfy(author.isAncestorOrSelf) else { return false }
        return !isSame || author.depth == 1 || homes.contains(where: author.isProperAncestor)
    }
}
