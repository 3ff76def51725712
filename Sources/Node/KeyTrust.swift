import Registry
import Replication
import Sealing
import Storage

/// A key that came with a change set and is not durable yet.
struct FreshKey: Sendable {
    let certified: Node.CertifiedKey
    let row: LedgerKeyRow
}

/// Where the key of a checked change set stands.
enum KeyStanding: Sendable {
    /// Durable before the set was prepared.
    case held
    /// Proven by certificates that came with this batch: stored with the set.
    case brought(LedgerKeyRow)
    /// Proven by an earlier batch of the link that was not durable yet: it must be by the time this one is stored.
    case awaited
}

/// The keys that change sets on their way to the disk brought.
struct FreshKeys: Sendable {
    /// Of this batch.
    var brought: [Digest: FreshKey] = [:]
    /// Of the batches before it that were not known to be durable.
    var awaited: [Digest: FreshKey] = [:]

    subscript(_ key: Digest) -> (key: FreshKey, standing: KeyStanding)? {
        if let fresh = brought[key] { return (fresh, .brought(fresh.row)) }
        return awaited[key].map { ($0, .awaited) }
    }

    /// Keys of a path, ascending by id.
    func of(_ path: NodePath) -> [LedgerKeyRow] {
        var rows: [Digest: LedgerKeyRow] = [:]
        for fresh in [brought, awaited].joined() where fresh.value.row.path == path { rows[fresh.key] = fresh.value.row }
        return rows.values.sorted { $0.key < $1.key }
    }
}

extension Node {
    /// The key of a header, certified for the author's path: held already, or proven by the chain that
    /// comes with the set.
    /// - Throws: ``ChangeSetFault``; ``StorageError`` when the replica cannot be read.
    func trustedKey(_ unverified: UnverifiedChangeSet, _ place: String, _ fresh: inout FreshKeys) throws -> (CertifiedKey, KeyStanding) {
        let header = unverified.header
        let (key, standing) = try knownKey(unverified, place, fresh)
        guard key.path == header.ledger.replica.path else {
            throw ChangeSetFault(.keyNotCertified, place, "the key is certified for \(key.path), not for \(header.ledger.replica.path)")
        }
        guard key.key.suite == header.suite else { throw ChangeSetFault(.keyNotCertified, place, "the key is not of suite \(header.suite.name)") }
        if case .brought(let row) = standing { fresh.brought[header.key] = FreshKey(certified: key, row: row) }
        return (key, standing)
    }

    private func knownKey(_ unverified: UnverifiedChangeSet, _ place: String, _ known: FreshKeys) throws -> (CertifiedKey, KeyStanding) {
        let header = unverified.header
        if let key = rememberedKey(header.key) { return (key, .held) }
        return try store.read { tx in
            if let held = try certifiedKey(header.key, tx) { return (held, .held) }
            if let new = known[header.key] { return (new.key.certified, new.standing) }
            guard !unverified.sealed.chain.isEmpty else {
                throw ChangeSetFault(.unknownKey, place, "key \(header.key.short) is not known and no certificates came with it")
            }
            let author = header.ledger.replica.path
            let row = try certify(unverified.sealed.chain, key: header.key, author: author, continuity: unverified.sealed.continuity, place, tx, fresh: known)
            let key: LedgerPublicKey
            do { key = try LedgerPublicKey(subjectPublicKeyInfo: row.publicKey) } catch { throw ChangeSetFault(.unknownKey, place, "\(error)") }
            return (CertifiedKey(path: author, key: key), .brought(row))
        }
    }

    /// Makes the key of a change set durable with it, or sees that it is. What was true when the set was prepared is
    /// asked again: another link may have brought a key of the same author since, and an earlier batch may have failed.
    func settle(_ standing: KeyStanding, of header: Header, _ place: String, _ received: UInt64, _ tx: WriteTransaction) throws {
        switch standing {
        case .held: return
        case .awaited:
            guard try tx.ledgerKey(header.key) != nil else {
                throw ChangeSetFault(.unknownKey, place, "key \(header.key.short) came with an earlier entry that could not be stored")
            }
        case .brought(let row):
            guard try tx.ledgerKey(row.key) == nil else { return }
            guard try row.continuity != nil || tx.ledgerKeys(of: row.path).isEmpty else {
                throw ChangeSetFault(.keyNotContinued, place, "\(row.path) has another key already; the new one is not continued from it")
            }
            try tx.put(row, seenAt: received)
        }
    }

    /// Checks a chain up to the federation's ledger roots, whatever the date, and that a second key of a
    /// path was continued from the first.
    func certify(_ chain: [[UInt8]], key: Digest, author: NodePath, continuity: KeyContinuity?, _ place: String, _ tx: ReadTransaction, fresh: FreshKeys = FreshKeys()) throws(ChangeSetFault) -> LedgerKeyRow {
        let certificates: [Certificate]
        do { certificates = try chain.map { try Certificate(der: $0) } } catch {
            throw ChangeSetFault(.keyNotCertified, place, "unreadable certificate: \(error)")
        }
        guard let leaf = certificates.first, leaf.keyID == key else {
            throw ChangeSetFault(.keyNotCertified, place, "the certificates are of another key")
        }
        do {
            try verifyChain(leaf: leaf, intermediates: Array(certificates.dropFirst()), roots: identity.ledgerRoots, expecting: .ledger, path: author, at: nil)
        } catch {
            throw ChangeSetFault(.keyNotCertified, place, "\(error)")
        }
        let earlier: [LedgerKeyRow]
        do { earlier = try (tx.ledgerKeys(of: author) + fresh.of(author)).filter { $0.key != key } } catch {
            throw ChangeSetFault(.unknownKey, place, "\(error)")
        }
        if !earlier.isEmpty { try checkContinuity(continuity, to: key, of: author, after: earlier, place, fresh, tx) }
        return LedgerKeyRow(key: key, path: author, publicKey: leaf.subjectPublicKeyInfo, chain: chain, continuity: earlier.isEmpty ? nil : continuity)
    }

    /// A new key of a known path counts only when an earlier key signed it, or a ledger key one tier
    /// above the parent: a parent alone, being CA and relay at once, cannot replace its child.
    private func checkContinuity(_ continuity: KeyContinuity?, to key: Digest, of author: NodePath, after earlier: [LedgerKeyRow], _ place: String, _ fresh: FreshKeys, _ tx: ReadTransaction) throws(ChangeSetFault) {
        guard let continuity, continuity.path == author, continuity.newKey == key, earlier.contains(where: { $0.key == continuity.oldKey }) else {
            throw ChangeSetFault(.keyNotContinued, place, "\(author) has another key already; the new one is not continued from it")
        }
        let signer: CertifiedKey?
        do { signer = try certifiedKey(continuity.signer, tx) ?? fresh[continuity.signer]?.key.certified } catch { throw ChangeSetFault(.unknownKey, place, "\(error)") }
        guard let signer else { throw ChangeSetFault(.keyNotContinued, place, "the signer of the continuity statement is not known") }
        let isOldKey = continuity.signer == continuity.oldKey && signer.path == author
        let isGrandparent = author.parent?.parent.map { $0 == signer.path } ?? (author.parent == signer.path && signer.path.depth == 1)
        guard isOldKey || isGrandparent else {
            throw ChangeSetFault(.keyNotContinued, place, "\(signer.path) may not continue the key of \(author)")
        }
        guard signer.key.isValid(signature: continuity.signature, of: continuity.message) else {
            throw ChangeSetFault(.keyNotContinued, place, "the continuity statement's signature is wrong")
        }
    }
}
