import Registry

/// Why bodies are destroyed. Raw values are sealed.
package enum ErasureGround: UInt32, Sendable, Hashable, CaseIterable {
    /// The time for which the law lets it be kept is over (PIPL 47(1), Shandong 38).
    case retention = 1
    /// The subject does not want it recorded (M47).
    case optOut = 2
    /// It must not be processed: unlawful, or the consent it rested on was withdrawn (PIPL 47(3), (4)).
    case unlawful = 3

    package var name: String {
        switch self {
        case .retention: "retention"
        case .optOut: "opt-out"
        case .unlawful: "unlawful"
        }
    }
}

/// What stays of a purged decision, so that nobody enters it again (guarantee 3): a keyed digest of its natural key.
package struct Tombstone: Sendable, Hashable {
    /// Under which key. Raw values are sealed.
    package enum Key: UInt32, Sendable, Hashable, CaseIterable {
        /// Every node holds it: of organisations.
        case subject = 1
        /// Held down to the district only: of natural persons (guarantee 7).
        case naturalKey = 2
    }

    package var key: Key
    package var digest: Digest

    package init(key: Key, digest: Digest) { (self.key, self.digest) = (key, digest) }
}

/// Destroys bodies and salts of a record's changes, wherever they are held, and what they describe (T18, M43, guarantee 8).
/// Only what it names by dot may be missing from a change set.
package struct ErasureOrder: Sendable, Hashable {
    /// Dots that one order may name: more are ordered in several.
    package static let maximumDots = 4096

    package var ground: ErasureGround
    /// Ascending, each once, never empty.
    package var erased: [Dot]
    /// nil: the record had no natural key.
    package var tombstone: Tombstone?
    package var basis: Basis
    /// Of a later order, for changes that came after it: the first one.
    package var follows: Dot?

    package init(ground: ErasureGround, erased: [Dot], tombstone: Tombstone?, basis: Basis, follows: Dot? = nil) {
        self.ground = ground
        self.erased = Set(erased).sorted()
        self.tombstone = tombstone
        self.basis = basis
        self.follows = follows
    }
}

/// A subject does not want records of some items about itself kept (M47): the fact of the wish, nothing of their content.
/// One that names wishes to withdraw lifts them, and nothing else.
package struct OptOutWish: Sendable, Hashable {
    package static let maximumItems = 64
    package static let maximumWithdrawn = 256

    /// Keyed digest of the subject.
    package var subject: Digest
    /// Numbers of catalogue items that allow it, ascending, each once.
    package var items: [UInt32]
    /// Number of the receipt that the window gave.
    package var receipt: String
    /// Origins of wishes, ascending.
    package var withdraws: [Dot]

    package init(subject: Digest, items: [UInt32], receipt: String, withdraws: [Dot] = []) {
        self.subject = subject
        self.items = Set(items).sorted()
        self.receipt = receipt
        self.withdraws = Set(withdraws).sorted()
    }

    package var isWithdrawal: Bool { !withdraws.isEmpty }
}
