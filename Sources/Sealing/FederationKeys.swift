import Registry
import Replication

/// Why a federation key cannot do what was asked.
package enum FederationKeyProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Keys of `holder` neither seal nor open at `asked`, which is not at or below it.
    case notBelow(holder: NodePath, asked: NodePath)
    /// Keys are handed from parent to child only.
    case notAChild(parent: NodePath, asked: NodePath)
    /// Only a root makes new keys.
    case notARoot(NodePath)
    /// The natural-key key never goes below the district.
    case noNaturalKeyKey(NodePath)
    /// A number is 1…64 bytes of UTF-8.
    case number(bytes: Int)
    /// Ciphertext, digest, type or path do not belong together.
    case notAuthentic
    case malformed(String)
    case sealing(SealingError)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .notBelow(let holder, let asked): "the keys of \(holder) do not reach \(asked)"
        case .notAChild(let parent, let asked): "\(asked) is no child of \(parent)"
        case .notARoot(let path): "\(path) is no root"
        case .noNaturalKeyKey(let path): "\(path) holds no key for natural keys"
        case .number(let bytes): "a number of \(bytes) bytes; 1…64 are possible"
        case .notAuthentic: "the sealed number does not belong to this type, path and digest"
        case .malformed(let what): "malformed federation keys: \(what)"
        case .sealing(let error): error.description
        }
    }
}

/// A person's number as it stands in a body.
package struct SealedNumber: Hashable, Sendable {
    /// Equal for equal type and number everywhere in the federation, so that records of one person meet.
    package let digest: Digest
    /// Nonce ‖ ciphertext ‖ tag, bound to path, type and digest.
    package let ciphertext: [UInt8]

    /// As read from a body; ``FederationKeys/openNumber(type:sealed:at:)`` checks it.
    package init(digest: Digest, ciphertext: [UInt8]) { (self.digest, self.ciphertext) = (digest, ciphertext) }
}

/// The keys one node holds of its federation. The root makes them; each parent derives its children's
/// and wraps them with ``KeyWrap``.
///
/// What a stolen node gives away: the subject key is one for all, so whoever holds it can guess
/// numbers against digests; the number key opens what was sealed at or below the node, nothing else.
package struct FederationKeys: Sendable, Equatable {
    /// The holder.
    package let path: NodePath
    /// 32 bytes, one for the federation.
    package let subjectKey: SecretBytes
    /// 32 bytes, derived down the tree.
    package let numberKey: SecretBytes
    /// 32 bytes, for digests of purged natural keys; nil below depth 2.
    package let naturalKeyKey: SecretBytes?

    /// The deepest tier that holds the natural-key key: the district.
    package static let naturalKeyDepth = 2
    /// What ``init(root:material:)`` needs, in bytes.
    package static let materialLength = 96

    /// New keys for a federation, from the system's random generator.
    package static func generate(root: NodePath) throws(FederationKeyProblem) -> FederationKeys {
        let material: [UInt8]
        do throws(SealingError) { material = try randomBytes(materialLength) } catch { throw .sealing(error) }
        return try FederationKeys(root: root, material: material)
    }

    /// New keys for a federation.
    /// - Parameter material: 96 secret random bytes.
    package init(root: NodePath, material: [UInt8]) throws(FederationKeyProblem) {
        precondition(material.count == FederationKeys.materialLength, "federation keys are made of 96 bytes")
        guard root.depth == 1 else { throw .notARoot(root) }
        self.init(root, Array(material[..<32]), Array(material[32..<64]), Array(material[64...]))
    }

    private init(_ path: NodePath, _ subject: [UInt8], _ number: [UInt8], _ natural: [UInt8]?) {
        self.path = path
        subjectKey = SecretBytes(subject)
        numberKey = SecretBytes(number)
        naturalKeyKey = natural.map(SecretBytes.init)
    }

    /// The keys of a direct child: to be wrapped for it at enrolment.
    package func derived(forChild child: NodePath) throws(FederationKeyProblem) -> FederationKeys {
        guard child.parent == path else { throw .notAChild(parent: path, asked: child) }
        return FederationKeys(
            child, subjectKey.bytes, try numberKey(at: child),
            child.depth <= FederationKeys.naturalKeyDepth ? naturalKeyKey?.bytes : nil)
    }

    /// HMAC-SHA256(subject key, "subject v1" ‖ type ‖ number).
    /// - Parameters:
    ///   - type: the code of the identity document's type.
    ///   - number: normalised, 1…64 bytes of UTF-8.
    package func subjectDigest(type: UInt8, number: String) throws(FederationKeyProblem) -> Digest {
        let bytes = Array(number.utf8)
        guard (1...64).contains(bytes.count) else { throw .number(bytes: bytes.count) }
        return hmacSHA256(key: subjectKey.bytes, Array("subject v1".utf8), [type], bytes)
    }

    /// HMAC-SHA256(natural-key key, "natural key v1" ‖ bytes): what a purge leaves behind.
    package func naturalKeyDigest(_ naturalKey: [UInt8]) throws(FederationKeyProblem) -> Digest {
        guard let naturalKeyKey else { throw .noNaturalKeyKey(path) }
        return hmacSHA256(key: naturalKeyKey.bytes, Array("natural key v1".utf8), naturalKey)
    }

    /// Digest and ciphertext of a person's number.
    /// - Parameters:
    ///   - place: the node at which the body is written, at or below the holder.
    ///   - nonce: 12 bytes, never twice under one place's key; nil draws a random one.
    package func sealNumber(
        type: UInt8, number: String, at place: NodePath, nonce: [UInt8]? = nil
    ) throws(FederationKeyProblem) -> SealedNumber {
        let digest = try subjectDigest(type: type, number: number)
        let key = try numberKey(at: place)
        do throws(SealingError) {
            let context = FederationKeys.context(type, digest, place)
            let box = try SymmetricBox.seal(Array(number.utf8), key: key, context: context, nonce: nonce)
            return SealedNumber(digest: digest, ciphertext: box)
        } catch { throw .sealing(error) }
    }

    /// The number in clear, at `place` or any node above it.
    /// - Throws: ``FederationKeyProblem/notBelow(holder:asked:)`` for a place this node may not open,
    ///   ``FederationKeyProblem/notAuthentic`` when any of the arguments is not what was sealed.
    package func openNumber(type: UInt8, sealed: SealedNumber, at place: NodePath) throws(FederationKeyProblem) -> String {
        let key = try numberKey(at: place)
        let bytes: [UInt8]
        do throws(SealingError) {
            bytes = try SymmetricBox.open(sealed.ciphertext, key: key, context: FederationKeys.context(type, sealed.digest, place))
        } catch { throw .notAuthentic }
        // The sealer may have put a digest of another number beside it.
        guard let number = String(validating: bytes, as: UTF8.self), (1...64).contains(bytes.count),
            try subjectDigest(type: type, number: number) == sealed.digest
        else { throw .notAuthentic }
        return number
    }

    /// The number key at `place`: one HMAC for each step down.
    private func numberKey(at place: NodePath) throws(FederationKeyProblem) -> [UInt8] {
        guard path.isAncestorOrSelf(of: place) else { throw .notBelow(holder: path, asked: place) }
        var chain: [NodePath] = []
        var step = place
        while step != path, let parent = step.parent {
            chain.append(step)
            step = parent
        }
        return chain.reversed().reduce(numberKey.bytes) { key, child in
            hmacSHA256(key: key, Array("number key v1".utf8), Array(child.description.utf8)).bytes
        }
    }

    private static func context(_ type: UInt8, _ digest: Digest, _ place: NodePath) -> [UInt8] {
        Array("number v1".utf8) + [type] + digest.bytes + Array(place.description.utf8)
    }
}

extension FederationKeys {
    private static let version: UInt8 = 1

    /// For wrapping: version 1 ‖ length of the path ‖ path ‖ subject key ‖ number key ‖ natural-key key if any.
    /// Secret in clear; see ``KeyWrap``.
    package var serialized: [UInt8] {
        let text = Array(path.description.utf8)
        return [FederationKeys.version, UInt8(text.count)] + text + subjectKey.bytes + numberKey.bytes + (naturalKeyKey?.bytes ?? [])
    }

    /// - Throws: ``FederationKeyProblem/malformed(_:)`` for anything but what ``serialized`` gives.
    package init(serialized bytes: [UInt8]) throws(FederationKeyProblem) {
        guard bytes.count > 2, bytes[0] == FederationKeys.version else { throw .malformed("version") }
        let end = 2 + Int(bytes[1])
        guard bytes.count > end, let text = String(validating: bytes[2..<end], as: UTF8.self), let path = NodePath(text) else {
            throw .malformed("path")
        }
        let keys = path.depth <= FederationKeys.naturalKeyDepth ? 3 : 2
        guard bytes.count == end + 32 * keys else { throw .malformed("length") }
        self.init(
            path, Array(bytes[end..<end + 32]), Array(bytes[end + 32..<end + 64]), keys == 3 ? Array(bytes[(end + 64)...]) : nil)
    }
}

extension FederationKeys {
    /// What a purged decision leaves behind where no person is concerned: HMAC-SHA256(subject key, "purged v1" ‖ key). Every node
    /// can tell by it that the decision was purged.
    /// - Parameter naturalKey: as indexed, 16 bytes.
    package func purgedDigest(_ naturalKey: [UInt8]) -> Digest { hmacSHA256(key: subjectKey.bytes, Array("purged v1".utf8), naturalKey) }

    /// By which a wish of a subject is known: HMAC-SHA256(subject key, "opt-out v1" ‖ look-up text).
    package func optOutDigest(_ lookupText: String) -> Digest { hmacSHA256(key: subjectKey.bytes, Array("opt-out v1".utf8), Array(lookupText.utf8)) }
}
