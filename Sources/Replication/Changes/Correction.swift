import Registry

/// Sets or clears fields of a record (T5), repairs a replica (T6), or executes a superior instrument. It lists only what
/// it sets; what it was based on is its context.
///
/// From another than the deciding unit, below R2, it is a proposal (M2) and never appears in the effective version.
package struct Correction: Sendable, Hashable {
    /// The subject itself, when that was wrong.
    package var subject: SubjectKey?
    /// Ascending by number; each once, and none of ``cleared``.
    package var fields: [RecordField]
    /// Fields that are to be empty, ascending.
    package var cleared: [UInt32]
    package var basis: Basis
    /// T6: digest of the source the replica was compared with; a technical correction needs it.
    package var source: Digest?
    /// The case it settles in the subject's favour: then it is relief.
    package var objection: Dot?
    /// With relief only.
    package var target: ReliefTarget?

    package init(
        subject: SubjectKey? = nil, fields: [RecordField] = [], cleared: [UInt32] = [], basis: Basis, source: Digest? = nil, objection: Dot? = nil,
        target: ReliefTarget? = nil
    ) {
        self.subject = subject
        self.fields = fields
        self.cleared = cleared
        self.basis = basis
        self.source = source
        self.objection = objection
        self.target = target
    }
}

/// An instrument of R3 or R4 that leaves the decision as it is (M8).
package struct InstrumentUpheld: Sendable, Hashable {
    package var basis: Basis
    package init(basis: Basis) { self.basis = basis }
}
