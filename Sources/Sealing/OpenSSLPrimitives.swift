import COpenSSL
import Registry
import Replication
import Synchronization

/// The digests of both suites through libcrypto.
///
/// Contexts are pooled: making one costs as much as digesting a hundred bytes.
package struct OpenSSLPrimitives: SealPrimitives {
    /// Has no state; contexts are shared by the process.
    package init() {}

    /// Digest of the concatenation of `parts`.
    ///
    /// A libcrypto that cannot compute one of its built-in digests is broken beyond use, and the
    /// protocol has no way to say so: that traps. ``selfTest()`` finds it at start-up.
    package func digest(_ suite: Suite, _ parts: UnsafeRawBufferPointer...) -> Digest {
        DigestPool.of(suite).withContext { context in
            for unsafe part in unsafe parts {
                unsafe context.update(part)
            }
            return context.finish()
        }
    }

    /// Digest of one byte array, for callers that have no buffer at hand.
    package func digest(_ suite: Suite, of bytes: [UInt8]) -> Digest {
        DigestPool.of(suite).withContext { context in
            context.update(bytes)
            return context.finish()
        }
    }

    /// The digests of prefix ‖ salt ‖ body for many bodies, with one context taken once.
    /// - Parameters:
    ///   - prefix: the domain label of the caller; may be empty.
    ///   - salts: 16 bytes for each body, in the same order.
    package func saltedDigests(
        _ suite: Suite, prefix: [UInt8] = [], salts: [UInt8], bodies: [ArraySlice<UInt8>]
    ) -> [Digest] {
        precondition(salts.count == 16 * bodies.count, "one salt of 16 bytes for each body")
        return DigestPool.of(suite).withContext { context in
            var digests: [Digest] = []
            digests.reserveCapacity(bodies.count)
            unsafe prefix.withUnsafeBytes { prefix in
                unsafe salts.withUnsafeBytes { salts in
                    for (index, body) in bodies.enumerated() {
                        unsafe context.update(prefix)
                        unsafe context.update(UnsafeRawBufferPointer(rebasing: salts[16 * index..<16 * index + 16]))
                        unsafe body.withUnsafeBytes { unsafe context.update($0) }
                        digests.append(context.finish())
                    }
                }
            }
            return digests
        }
    }

    /// As ``saltedDigests(_:prefix:salts:bodies:)-(_,_,_,[ArraySlice<UInt8>])``, of bodies that lie in one buffer: the
    /// digests one after the other, 32 bytes each.
    package func saltedDigests(_ suite: Suite, prefix: [UInt8], salts: [UInt8], bodies: SealedBodies) -> [UInt8] {
        precondition(salts.count == 16 * bodies.count, "one salt of 16 bytes for each body")
        return unsafe [UInt8](unsafeUninitializedCapacity: Digest.byteCount * bodies.count) { out, count in
            DigestPool.of(suite).withContext { context in
                // Label and salt are digested as one piece, for a call costs as much as a few dozen bytes.
                var head = prefix + [UInt8](repeating: 0, count: 16)
                unsafe head.withUnsafeMutableBytes { head in
                    unsafe salts.withUnsafeBytes { salts in
                        unsafe bodies.buffer.withUnsafeBytes { buffer in
                            for (index, place) in bodies.places.enumerated() {
                                unsafe UnsafeMutableRawBufferPointer(rebasing: head[prefix.count...]).copyMemory(from: UnsafeRawBufferPointer(rebasing: salts[16 * index..<16 * index + 16]))
                                unsafe context.update(UnsafeRawBufferPointer(head))
                                unsafe context.update(UnsafeRawBufferPointer(rebasing: buffer[place]))
                                unsafe context.finish(out, at: Digest.byteCount * index)
                            }
                        }
                    }
                }
            }
            count = Digest.byteCount * bodies.count
        }
    }

    /// One row of a salt tree: the first `count` children of the row above, each the first 16 bytes of
    /// digest(label ‖ parent ‖ b), b = 0 left and 1 right.
    /// - Parameter parents: 16 bytes each, in order, at least half as many as children.
    func saltRow(_ suite: Suite, label: [UInt8], parents: [UInt8], count: Int) -> [UInt8] {
        let length = SaltTree.saltLength
        precondition(count > 0 && parents.count >= (count + 1) / 2 * length, "a parent for every child")
        var message = label + [UInt8](repeating: 0, count: length + 1)
        // A digest is longer than a salt: each is written over the end of the one before.
        return unsafe [UInt8](unsafeUninitializedCapacity: length * (count + 1)) { out, used in
            DigestPool.of(suite).withContext { context in
                for child in 0..<count {
                    if child & 1 == 0 { message.replaceSubrange(label.count..<label.count + length, with: parents[child / 2 * length..<(child / 2 + 1) * length]) }
                    message[label.count + length] = UInt8(child & 1)
                    context.update(message)
                    unsafe context.finish(out, at: length * child)
                }
            }
            used = length * count
        }
    }

    /// The digests of many pieces of one buffer, the first `length` bytes of each, one after the other.
    package func digests(_ suite: Suite, of buffer: [UInt8], _ places: [Range<Int>], length: Int) -> [UInt8] {
        precondition((0...Digest.byteCount).contains(length), "a digest has 32 bytes")
        return unsafe [UInt8](unsafeUninitializedCapacity: length * places.count + Digest.byteCount) { out, count in
            DigestPool.of(suite).withContext { context in
                unsafe buffer.withUnsafeBytes { buffer in
                    for (index, place) in places.enumerated() {
                        unsafe context.update(UnsafeRawBufferPointer(rebasing: buffer[place]))
                        unsafe context.finish(out, at: length * index)
                    }
                }
            }
            count = length * places.count
        }
    }

    /// Known answers of both suites.
    /// - Throws: ``SealingError/libcrypto(operation:detail:)`` when this machine's libcrypto lacks one of them.
    package static func selfTest() throws(SealingError) {
        for (suite, expected) in [
            (Suite.ed25519SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (.sm2SM3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ] {
            guard try DigestContext.probe(suite) else { throw .fromQueue("start-up test of \(suite.name)") }
            guard OpenSSLPrimitives().digest(suite, of: Array("abc".utf8)).description == expected else {
                throw .libcrypto(operation: "start-up test of \(suite.name)", detail: "wrong answer")
            }
        }
    }
}

/// SHA-256, whatever the suite: key ids and fingerprints.
func sha256(_ bytes: [UInt8]) -> Digest { OpenSSLPrimitives().digest(.ed25519SHA256, of: bytes) }

/// One EVP_MD_CTX, ready for the next message after every ``finish()``.
@safe final class DigestContext: @unchecked Sendable {  // owned by one caller at a time, through the pool
    private let pointer: OpaquePointer

    init(_ algorithm: OpaquePointer) {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            preconditionFailure("libcrypto cannot begin a digest")
        }
        unsafe pointer = context
    }

    deinit { unsafe EVP_MD_CTX_free(pointer) }

    @inline(__always) func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe precondition(EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count) == 1, "libcrypto digest failed")
    }

    @inline(__always) func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// The digest of everything since the last call; the context begins anew.
    @inline(__always) func finish() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let done = unsafe withUnsafeMutableBytes(of: &words) { raw in
            unsafe creditnode_digest_final(pointer, raw.assumingMemoryBound(to: UInt64.self).baseAddress)
        }
        // Passing no algorithm keeps the one fetched before: the cheap way to start again.
        precondition(done == 1 && (unsafe EVP_DigestInit_ex2(pointer, nil, nil)) == 1, "libcrypto digest failed")
        return Digest(a: words.0, b: words.1, c: words.2, d: words.3)
    }

    /// As ``finish()``, into 32 bytes from `place` on.
    @inline(__always) func finish(_ out: UnsafeMutableBufferPointer<UInt8>, at place: Int) {
        precondition(place + Digest.byteCount <= out.count, "room for a digest")
        let done = unsafe EVP_DigestFinal_ex(pointer, out.baseAddress.map { unsafe $0 + place }, nil)
        precondition(done == 1 && (unsafe EVP_DigestInit_ex2(pointer, nil, nil)) == 1, "libcrypto digest failed")
    }

    /// False when libcrypto does not have the suite's digest.
    static func probe(_ suite: Suite) throws(SealingError) -> Bool {
        guard let algorithm = unsafe EVP_MD_fetch(nil, suite.digestName, nil) else { return false }
        unsafe EVP_MD_free(algorithm)
        return true
    }
}

extension Suite {
    /// libcrypto's name of the suite's digest.
    var digestName: String {
        switch self {
        case .ed25519SHA256: "SHA256"
        case .sm2SM3: "SM3"
        }
    }
}

/// Idle contexts of one digest. At most ``capacity`` are kept; a busier moment makes more and drops them.
@safe final class DigestPool: @unchecked Sendable {  // the algorithm is immutable once fetched
    private static let capacity = 16
    private static let sha256 = DigestPool(.ed25519SHA256)
    private static let sm3 = DigestPool(.sm2SM3)

    static func of(_ suite: Suite) -> DigestPool {
        switch suite {
        case .ed25519SHA256: sha256
        case .sm2SM3: sm3
        }
    }

    private let algorithm: OpaquePointer
    private let idle = Mutex<[DigestContext]>([])

    private init(_ suite: Suite) {
        guard let fetched = unsafe EVP_MD_fetch(nil, suite.digestName, nil) else {
            preconditionFailure("libcrypto has no \(suite.digestName)")
        }
        unsafe algorithm = fetched  // lives as long as the process
    }

    @inline(__always) func withContext<R>(_ body: (DigestContext) -> R) -> R {
        let context = idle.withLock { $0.popLast() } ?? (unsafe DigestContext(algorithm))
        let result = body(context)
        idle.withLock { if $0.count < DigestPool.capacity { $0.append(context) } }
        return result
    }
}
