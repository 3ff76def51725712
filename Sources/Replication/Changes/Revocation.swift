import Registry

/// Rank of the instrument a change executes (rules.md 3.1). Raw values are sealed.
package enum InstrumentRank: UInt32, Sendable, Hashable, Comparable, CaseIterable {
    /// R0: technical correction of a replica by a platform.
    case technical = 0
    /// R1: decision of the deciding unit itself.
    case decidingUnit = 1
    /// R2: decision of the superior organ, or review of an objection.
    case superior = 2
    /// R3: reconsideration decision.
    case reconsideration = 3
    /// R4: effective court judgment or ruling.
    case court = 4

    package static func < (a: InstrumentRank, b: InstrumentRank) -> Bool { a.rawValue < b.rawValue }
}

/// Withdraws a record for good (T7, P4): absorbing, whatever arrives later or earlier.
///
/// It names the natural key and the deciding unit by itself, so that from its arrival the key is not
/// published, even while the record is still on its way.
package struct Revocation: Sendable, Hashable {
    /// SHA-256 of ``NaturalKey/text``.
    package var naturalKey: Digest
    /// Code of the deciding unit.
    package var authority: String
    /// Normalised number of the document by which it is withdrawn.
    package var document: String
    package var reason: String
    package var rank: InstrumentRank
    /// From which day the withdrawal has legal effect; of several the earliest counts (M7). nil = not said.
    package var effectiveOn: CivilDate?

    package init(naturalKey: Digest, authority: String, document: String, reason: String, rank: InstrumentRank, effectiveOn: CivilDate? = nil) {
        self.naturalKey = naturalKey
        self.authority = authority
        self.document = document
        self.reason = reason
        self.rank = rank
        self.effectiveOn = effectiveOn
    }
}
