import Registry

/// What an act rests on: the instrument it executes (rules.md 3.1), named so that anyone can find it.
package struct Basis: Sendable, Hashable {
    package var rank: InstrumentRank
    /// Normalised document number; empty only at R0 and R1, where the reason stands alone.
    package var document: String
    /// Of the document itself, when it was at hand.
    package var digest: Digest?
    /// Normalised number of the document of the same procedure that this one follows; empty = none. Inside one rank the
    /// later stage of one procedure wins.
    package var follows: String
    package var reason: String

    package init(rank: InstrumentRank, document: String = "", digest: Digest? = nil, follows: String = "", reason: String) {
        self.rank = rank
        self.document = document
        self.digest = digest
        self.follows = follows
        self.reason = reason
    }
}

/// What relief names by itself, so that it acts before the record it relieves has come.
package struct ReliefTarget: Sendable, Hashable {
    /// Digest of the natural key.
    package var naturalKey: Digest
    /// Code of the deciding unit.
    package var authority: String

    package init(naturalKey: Digest, authority: String) { (self.naturalKey, self.authority) = (naturalKey, authority) }
}
