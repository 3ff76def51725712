import Registry

/// Who wrote a re-issued change, as anyone can check who trusts the federation's root: header and signature of the change
/// set it was first written in, the salted digests of that set, and its own body with its salt.
package final class OriginProof: Sendable, Hashable {
    package let header: Header
    /// Exact bytes.
    package let headerBytes: [UInt8]
    package let signature: [UInt8]
    /// 32 bytes a change of that set.
    package let digests: [UInt8]
    /// Of the change among them.
    package let index: Int
    /// 16 bytes.
    package let salt: [UInt8]
    /// The original change, serialised.
    package let body: [UInt8]
    /// DER certificates of the key, leaf first.
    package let chain: [[UInt8]]
    package let continuity: KeyContinuity?
    /// The original, where it is a filing; nil of a wish.
    package let filing: Filing?
    /// Who chose the record by hand; nil where the natural key did.
    package let assignedBy: Actor?
    /// When it was re-issued, by the clock of who did; milliseconds since 1970.
    package let reissuedAt: UInt64

    /// - Precondition: `index` is below the header's count, and `digests` has 32 bytes for each.
    package init(
        header: Header, headerBytes: [UInt8], signature: [UInt8], digests: [UInt8], index: Int, salt: [UInt8], body: [UInt8], chain: [[UInt8]],
        continuity: KeyContinuity?, filing: Filing?, assignedBy: Actor?, reissuedAt: UInt64
    ) {
        precondition((0..<header.count).contains(index) && digests.count == header.count * Digest.byteCount, "a place in the set")
        self.header = header
        self.headerBytes = headerBytes
        self.signature = signature
        self.digests = digests
        self.index = index
        self.salt = salt
        self.body = body
        self.chain = chain
        self.continuity = continuity
        self.filing = filing
        self.assignedBy = assignedBy
        self.reissuedAt = reissuedAt
    }

    /// Under which it was first written.
    package var origin: Dot { header.dot(at: index) }

    package static func == (a: OriginProof, b: OriginProof) -> Bool {
        a.headerBytes == b.headerBytes && a.signature == b.signature && a.digests == b.digests && a.index == b.index && a.salt == b.salt
            && a.body == b.body && a.chain == b.chain && a.continuity == b.continuity && a.assignedBy == b.assignedBy && a.reissuedAt == b.reissuedAt
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(headerBytes)
        hasher.combine(index)
    }
}
