import COpenSSL
import Registry

/// Why a chain is not accepted.
package enum ChainProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// No path of signatures leads to a root we trust.
    case untrustedRoot
    /// A signature in the chain is wrong.
    case badSignature
    /// A certificate ended before the given time.
    case expired
    /// A certificate begins after the given time.
    case notYetValid
    /// A CA certified a name its own certificate does not permit.
    case nameConstraint
    /// A certificate names another node than it must; `found` is the path in it.
    case wrongPath(expected: NodePath, found: NodePath)
    case san(SANProblem)
    /// A certificate of another kind or purpose than its place in the chain needs.
    case wrongKind(expected: String, found: String)
    case malformed(String)
    /// More certificates, or a longer chain, than the bound.
    case tooLong

    /// For logs and for people.
    package var description: String {
        switch self {
        case .untrustedRoot: "the chain does not lead to a trusted root"
        case .badSignature: "a signature in the chain is wrong"
        case .expired: "a certificate of the chain has expired"
        case .notYetValid: "a certificate of the chain is not valid yet"
        case .nameConstraint: "a CA certified a name outside its subtree"
        case .wrongPath(let expected, let found): "expected a certificate of \(expected), found one of \(found)"
        case .san(let problem): problem.description
        case .wrongKind(let expected, let found): "expected a \(expected) certificate, found \(found)"
        case .malformed(let what): "malformed chain: \(what)"
        case .tooLong: "the chain is too long"
        }
    }

    /// The meaning of libcrypto's verification result (openssl/x509_vfy.h).
    init(code: Int32) {
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_AKID_SKID_MISMATCH:
            self = .untrustedRoot
        case X509_V_ERR_CERT_SIGNATURE_FAILURE: self = .badSignature
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_SUBTREE_MINMAX,
            X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
            self = .nameConstraint
        case X509_V_ERR_CERT_CHAIN_TOO_LONG, X509_V_ERR_PATH_LENGTH_EXCEEDED: self = .tooLong
        case X509_V_ERR_INVALID_CA, X509_V_ERR_INVALID_NON_CA, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            self = .wrongKind(expected: "CA", found: "another")
        default:
            self = .malformed(unsafe String(cString: X509_verify_cert_error_string(Int(code))))
        }
    }
}

/// The root CAs a node trusts: self-signed, of depth 1, each of one purpose. Safe from any thread.
package struct TrustRoots: Sendable {
    /// As given.
    package let certificates: [Certificate]
    fileprivate let store: TrustStore

    /// - Throws: ``ChainProblem`` when one of them is no root CA of ours.
    package init(_ certificates: [Certificate]) throws(ChainProblem) {
        for certificate in certificates {
            let path = try certificate.path.orChainProblem()
            guard certificate.kind == .ca else { throw .wrongKind(expected: "CA", found: certificate.kind.rawValue) }
            guard path.depth == 1 else { throw .wrongPath(expected: path.root, found: path) }
        }
        self.certificates = certificates
        store = try TrustStore(certificates)
    }
}

/// Owns one X509_STORE, which libcrypto locks itself.
@safe fileprivate final class TrustStore: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ certificates: [Certificate]) throws(ChainProblem) {
        guard let store = unsafe X509_STORE_new() else { throw .malformed("\(SealingError.fromQueue("trust store"))") }
        unsafe pointer = store
        for certificate in certificates {
            guard unsafe X509_STORE_add_cert(store, certificate.object.pointer) == 1 else {
                throw .malformed("\(SealingError.fromQueue("trust store"))")
            }
        }
    }

    deinit { unsafe X509_STORE_free(pointer) }
}

/// Checks that `leaf` was certified for its node by an unbroken chain of parents up to a trusted root.
///
/// libcrypto checks signatures, CA bits, path lengths, name constraints and dates; on top of it every
/// certificate must be of the form our CAs issue, of one purpose, and issued by exactly its parent's
/// CA (the root's own leafs: by the root's).
/// - Parameters:
///   - intermediates: in any order; what is not needed is ignored. At most 32.
///   - kind: what the leaf must be; `.ca` checks the CA certificate of a node.
///   - path: the node it must name; nil accepts any node (a server learns the peer's path from it).
///   - time: seconds since the epoch; nil ignores all dates, as ledgers do.
/// - Returns: the chain, leaf first, root last.
@discardableResult
package func verifyChain(
    leaf: Certificate, intermediates: [Certificate], roots: TrustRoots,
    expecting kind: CertificateKind, path: NodePath?, at time: Int64?
) throws(ChainProblem) -> [Certificate] {
    let found = try leaf.path.orChainProblem()
    guard leaf.kind == kind, kind != .foreign, let purpose = leaf.purpose else {
        throw .wrongKind(expected: kind.rawValue, found: leaf.kind.rawValue)
    }
    if let path, path != found { throw .wrongPath(expected: path, found: found) }
    guard intermediates.count <= SealingLimit.bundleCount else { throw .tooLong }
    let chain = try VerificationContext(roots.store, leaf, intermediates, time).chain()
    for (child, issuer) in zip(chain, chain.dropFirst()) {
        guard issuer.kind == .ca, issuer.purpose == purpose else {
            let found = issuer.purpose.map { "\($0.rawValue) \(issuer.kind.rawValue)" } ?? "foreign"
            throw .wrongKind(expected: "\(purpose.rawValue) CA", found: found)
        }
        let childPath = try child.path.orChainProblem()
        let issuerPath = try issuer.path.orChainProblem()
        let expected = childPath.parent ?? childPath
        guard issuerPath == expected else { throw .wrongPath(expected: expected, found: issuerPath) }
    }
    return chain
}

extension Result where Success == NodePath, Failure == SANProblem {
    fileprivate func orChainProblem() throws(ChainProblem) -> NodePath {
        switch self {
        case .success(let path): return path
        case .failure(let problem): throw .san(problem)
        }
    }
}

/// One X509_STORE_CTX with the stack of untrusted certificates it borrows.
@safe private final class VerificationContext {
    private let pointer: OpaquePointer
    private let untrusted: OpaquePointer
    private let held: [Certificate]  // the stack does not count references

    init(_ store: TrustStore, _ leaf: Certificate, _ intermediates: [Certificate], _ time: Int64?) throws(ChainProblem) {
        held = [leaf] + intermediates
        guard let stack = unsafe creditnode_x509s_new() else { throw .malformed("\(SealingError.fromQueue("chain"))") }
        guard let context = unsafe X509_STORE_CTX_new() else {
            unsafe creditnode_x509s_free(stack)
            throw .malformed("\(SealingError.fromQueue("chain"))")
        }
        unsafe untrusted = stack
        unsafe pointer = context
        for certificate in intermediates {
            guard unsafe creditnode_x509s_push(stack, certificate.object.pointer) > 0 else {
                throw .malformed("\(SealingError.fromQueue("chain"))")
            }
        }
        guard unsafe X509_STORE_CTX_init(context, store.pointer, leaf.object.pointer, stack) == 1,
            let parameters = unsafe X509_STORE_CTX_get0_param(context)
        else { throw .malformed("\(SealingError.fromQueue("chain"))") }
        unsafe X509_VERIFY_PARAM_set_depth(parameters, Int32(NodePath.maximumDepth))
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_X509_STRICT))
        // The self-signature of a root proves nothing, but a broken one is worth refusing.
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_CHECK_SS_SIGNATURE))
        if let time {
            unsafe X509_VERIFY_PARAM_set_time(parameters, Int(time))
        } else {
            unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_NO_CHECK_TIME))
        }
    }

    deinit {
        unsafe X509_STORE_CTX_free(pointer)
        unsafe creditnode_x509s_free(untrusted)
    }

    func chain() throws(ChainProblem) -> [Certificate] {
        guard unsafe X509_verify_cert(pointer) == 1 else {
            ERR_clear_error()
            throw ChainProblem(code: unsafe X509_STORE_CTX_get_error(pointer))
        }
        let stack = unsafe X509_STORE_CTX_get0_chain(pointer)
        var chain: [Certificate] = []
        for index in 0..<(unsafe creditnode_x509s_count(stack)) {
            do throws(SealingError) {
                let der = try encodedDER("chain") { unsafe i2d_X509(creditnode_x509s_at(stack, index), $0) }
                if let known = held.first(where: { $0.der == der }) {
                    chain.append(known)
                } else {
                    chain.append(try Certificate(der: der))
                }
            } catch { throw .malformed("\(error)") }
        }
        return chain
    }
}
