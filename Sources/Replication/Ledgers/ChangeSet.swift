import Registry

/// The signed prefix of a change set, decoded.
package struct Header: Sendable, Hashable {
    /// The newest format this code writes and reads. A reader refuses a larger number; a larger one
    /// is used only when an older reader would misjudge the content.
    package static let currentFormat: UInt32 = 1
    package static let maximumChanges = 1000

    package var ledger: LedgerID
    package var sequence: UInt64
    /// nil at sequence 1.
    package var previous: Digest?
    package var time: HybridTime
    package var suite: Suite
    package var key: Digest
    /// Change *i* of the set has the counter `firstCounter + i`.
    package var firstCounter: UInt64
    package var count: Int
    /// The author's frontier over its other ledgers of this audience, ascending by lane: a withheld
    /// lane or tail shows (guarantee 4).
    package var siblings: [(lane: Lane, tip: Tip)]

    package init(
        ledger: LedgerID, sequence: UInt64, previous: Digest?, time: HybridTime, suite: Suite, key: Digest,
        firstCounter: UInt64, count: Int, siblings: [(lane: Lane, tip: Tip)]
    ) {
        self.ledger = ledger
        self.sequence = sequence
        self.previous = previous
        self.time = time
        self.suite = suite
        self.key = key
        self.firstCounter = firstCounter
        self.count = count
        self.siblings = siblings
    }

    /// - Precondition: `index` is below `count`.
    package func dot(at index: Int) -> Dot { Dot(replica: ledger.replica, counter: firstCounter + UInt64(index)) }

    package static func == (a: Header, b: Header) -> Bool {
        a.ledger == b.ledger && a.sequence == b.sequence && a.previous == b.previous && a.time == b.time
            && a.suite == b.suite && a.key == b.key && a.firstCounter == b.firstCounter && a.count == b.count
            && a.siblings.elementsEqual(b.siblings) { $0.lane == $1.lane && $0.tip == $1.tip }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ledger)
        hasher.combine(sequence)
    }
}

/// A change set exactly as it was sealed: the bytes that are stored, relayed and exported.
package struct SealedChangeSet: Sendable, Hashable {
    /// Bounds, so that memory and retries stay bounded.
    package static let maximumHeaderBytes = 16 * 1024
    package static let maximumBodyBytes = 2 * 1024 * 1024
    package static let targetBodyBytes = 1024 * 1024

    /// Serialised `Header`.
    package var header: [UInt8]
    package var signature: [UInt8]
    /// 32 bytes a change; empty when every body is present, for then they are recomputed.
    package var digests: [UInt8]
    /// 0 none, 1 raw deflate, 2 one zstd frame.
    package var compression: UInt32
    /// Uncompressed size of `bodies` in bytes.
    package var bodiesSize: Int
    /// `Bodies`, compressed as said.
    package var bodies: [UInt8]
    /// DER certificates, leaf first, root last; only with the first change set under a key.
    package var chain: [[UInt8]]
    package var continuity: KeyContinuity?
    /// Of a set with missing bodies, on a link: serialised change sets with the orders that name them. They may stand later in the
    /// same ledger, so the set cannot wait for them.
    package var erasureOrders: [[UInt8]] = []

    package init(
        header: [UInt8], signature: [UInt8], digests: [UInt8], compression: UInt32, bodiesSize: Int, bodies: [UInt8],
        chain: [[UInt8]] = [], continuity: KeyContinuity? = nil
    ) {
        self.header = header
        self.signature = signature
        self.digests = digests
        self.compression = compression
        self.bodiesSize = bodiesSize
        self.bodies = bodies
        self.chain = chain
        self.continuity = continuity
    }

    /// Bytes it occupies in memory and, nearly, on the link.
    package var byteCount: Int {
        header.count + signature.count + digests.count + bodies.count + chain.reduce(0) { $0 + $1.count } + erasureOrders.reduce(0) { $0 + $1.count } + 16
    }
}

/// A change set from outside: its header could be read, nothing more is known.
package struct UnverifiedChangeSet: Sendable {
    package let header: Header
    package let sealed: SealedChangeSet

    /// - Throws: ``ChangeSetFault`` when the header cannot be read or breaks a bound.
    package init(_ sealed: SealedChangeSet) throws(ChangeSetFault) {
        header = try Header(serialized: sealed.header)
        self.sealed = sealed
    }
}

/// A change set whose signature, digests and bodies were checked. Storage takes nothing else.
package struct VerifiedChangeSet: Sendable {
    package let header: Header
    package let sealed: SealedChangeSet
    /// The header digest: what the signature covers and the next header names.
    package let digest: Digest
    /// Serialised changes.
    package private(set) var bodies: SealedBodies

    /// The one way in.
    /// - Parameter check: recomputes digests and checks the signature; throws when either fails.
    package init(_ unverified: UnverifiedChangeSet, checkedBy check: (UnverifiedChangeSet) throws(ChangeSetFault) -> (digest: Digest, bodies: SealedBodies)) throws(ChangeSetFault) {
        let checked = try check(unverified)
        header = unverified.header
        sealed = unverified.sealed
        digest = checked.digest
        bodies = checked.bodies
    }

    /// Lets the decoded bodies go, once nobody reads them again: a set that waits to be stored is then as small as it came.
    package mutating func forgetBodies() { bodies = SealedBodies([], []) }
}

/// Why a change set from outside was refused. Each has a stable name, shown to people and to peers.
package struct ChangeSetFault: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Rule: String, Sendable, Hashable {
        case malformed = "malformed"
        case tooLarge = "too-large"
        case newerFormat = "newer-format"
        case wrongAudience = "wrong-audience"
        case outOfOrder = "out-of-order"
        case brokenChain = "broken-chain"
        case counterReused = "counter-reused"
        case unknownKey = "unknown-key"
        case keyNotCertified = "key-not-certified"
        case keyNotContinued = "key-not-continued"
        case badSignature = "bad-signature"
        case fork = "fork"
        case missingBody = "missing-body"
        /// Content of an attachment that is not what its change describes.
        case attachmentDigest = "attachment-digest"
    }

    package let rule: Rule
    /// Ledger and sequence where known.
    package let place: String
    package let detail: String

    package init(_ rule: Rule, _ place: String, _ detail: String) {
        self.rule = rule
        self.place = place
        self.detail = detail
    }

    package var description: String { "\(rule.rawValue) at \(place): \(detail)" }
}

/// "This key follows that one": without it a parent, being CA and relay at once, could replace its child.
package struct KeyContinuity: Sendable, Hashable {
    package var path: NodePath
    package var newKey: Digest
    package var oldKey: Digest
    package var time: UInt64
    /// The old key, or a ledger key of the grandparent.
    package var signer: Digest
    package var signature: [UInt8]

    package init(path: NodePath, newKey: Digest, oldKey: Digest, time: UInt64, signer: Digest, signature: [UInt8]) {
        self.path = path
        self.newKey = newKey
        self.oldKey = oldKey
        self.time = time
        self.signer = signer
        self.signature = signature
    }

    /// What is signed.
    package var message: [UInt8] {
        LengthPrefixed.join(
            "creditnode key continuity v1",
            [Array(path.description.utf8), newKey.bytes, oldKey.bytes, BigEndian.bytes(time)])
    }
}

/// Unambiguous concatenation for everything that is signed or keyed.
package enum LengthPrefixed {
    /// `domain` ‖ for each part its length (u32, big-endian) and its bytes.
    package static func join(_ domain: String, _ parts: [[UInt8]]) -> [UInt8] {
        var out = Array(domain.utf8)
        for part in parts {
            out += BigEndian.bytes(UInt32(part.count))
            out += part
        }
        return out
    }
}

package enum BigEndian {
    package static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        var ordered = value.bigEndian
        return withUnsafeBytes(of: &ordered) { Array($0) }
    }

    // Other modules call the general one without knowing the type, which costs more than the bytes.
    package static func bytes(_ value: UInt64) -> [UInt8] {
        var ordered = value.bigEndian
        return withUnsafeBytes(of: &ordered) { Array($0) }
    }

    package static func bytes(_ value: Int64) -> [UInt8] { bytes(UInt64(bitPattern: value)) }
}
