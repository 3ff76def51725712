import Registry

/// Why publication of a decision waits or is over for a reason that its other record gave. Raw values are sealed.
package enum KinHold: UInt32, Sendable, Hashable, CaseIterable {
    case stoppedByHand = 1
    case identity = 2
    case conflict = 3
    case contradiction = 4
    case upheld = 5
    case repairInDoubt = 6
    /// Confirmed: one that is not ends by its own clock.
    case suspendedByHand = 7
    case separated = 8
    case commitment = 9
    case returned = 10
}

/// What a node tells the home of a record of the same decision recorded elsewhere below it: relief that did not pass that
/// home, and whose clock counts. Derived from what the node holds, said of its own motion, never twice the same.
///
/// Rules.md 3.4 M33, M34 (the sender is told), M36 (the canonical record's clock); 3.7: relief for records that a child holds goes down.
package struct Kinship: Sendable, Hashable {
    package static let maximumOthers = 64
    package static let maximumRevocations = 16

    package struct Withdrawn: Sendable, Hashable {
        /// Origin of the revocation.
        package var change: Dot
        package var revocation: Revocation
        package init(change: Dot, revocation: Revocation) { (self.change, self.revocation) = (change, revocation) }
    }

    /// Of this author's words on this record, from 1: the highest counts.
    package var number: UInt64
    /// The other records of the decision, ascending, 1…``maximumOthers``. Who holds them all judges by them, and not by this.
    package var others: [Dot]
    /// Where the canonical record stands.
    package var home: NodePath
    /// Ascending by change.
    package var revocations: [Withdrawn]
    /// nil = none that stops publication.
    package var repair: RepairState?
    /// Ascending.
    package var holds: [KinHold]

    package init(number: UInt64, others: [Dot], home: NodePath, revocations: [Withdrawn] = [], repair: RepairState? = nil, holds: [KinHold] = []) {
        (self.number, self.others, self.home, self.revocations, self.repair, self.holds) = (number, others, home, revocations, repair, holds)
    }

    /// What takes relief back is none.
    package var isRelief: Bool { !revocations.isEmpty || repair != nil || !holds.isEmpty }
}
