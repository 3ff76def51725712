import Registry
import Replication
import Sealing

/// What an export file holds and what is wrong with it.
package struct ExportVerification: Sendable {
    package var header: ExportHeader?
    /// SHA-256 of the root certificate that everything was checked against.
    package var root: Digest?
    package var keys = 0
    package var receipts = 0
    package var statements = 0
    package var ledgers = 0
    package var entries = 0
    package var changes = 0
    package var missingBodies = 0
    /// Entries by suite.
    package var suites: [Suite: Int] = [:]
    package var faults: [VerificationFault] = []
    /// No faults: entries that somebody signed for and this file does not hold.
    package var notes: [VerificationFault] = []

    static let most = 1000

    mutating func add(_ place: String, _ rule: String, _ detail: String) {
        if faults.count < Self.most { faults.append(VerificationFault(place: place, rule: rule, detail: detail)) }
    }
}

/// Checks an export record by record, from its bytes and one pinned root alone (docs/wire-format.md, sections
/// Export and Writing a verifier). Memory grows with keys, ledgers and ranges of counters, not with entries' bodies.
package struct ExportCheck {
    /// The root that counts: its certificate, or the fingerprint by which one of the file's is picked.
    package enum Anchor: Sendable {
        case certificate(Certificate)
        case fingerprint(Digest)
    }

    private struct Key {
        let path: NodePath
        let key: LedgerPublicKey
    }

    /// The ledger whose entries come now.
    private struct Open {
        let tip: LedgerTip
        var sequence: UInt64 = 0
        /// nil after an entry whose digest is not known: what names it as previous cannot be compared.
        var digest: Digest?
        var siblings: [(lane: Lane, tip: Tip)] = []
    }

    package private(set) var result = ExportVerification()
    private let anchor: Anchor
    private let primitives = OpenSSLPrimitives()
    private var records = 0
    private var running: Digest
    private var roots: TrustRoots?
    private var keys: [Digest: Key] = [:]
    private var keysOfPath: [NodePath: [Digest]] = [:]
    private var open: Open?
    private var tips: [LedgerID: Tip] = [:]
    private var lastLedger: LedgerID?
    private var counters: [ReplicaID: [(first: UInt64, count: Int)]] = [:]
    /// What receipts and statements say stands at a sequence.
    private var claims: [LedgerID: [UInt64: Digest]] = [:]
    private var claimCount = 0
    private var siblingClaims: [LedgerID: Tip] = [:]
    /// Changes whose bodies are missing, and changes that orders in the file name.
    private var missing: Set<Dot> = [], ordered: Set<Dot> = []
    private var ended = false

    package init(anchor: Anchor) {
        self.anchor = anchor
        running = OpenSSLPrimitives().digest(.ed25519SHA256, of: ExportFormat.magic)
    }

    /// Whether nothing more can be checked: there is no root to check against.
    package var isHopeless: Bool { records > 0 && roots == nil }

    /// Takes the next record's bytes.
    package mutating func take(_ bytes: [UInt8]) {
        if isHopeless { return }
        records += 1
        let place = "record \(records)"
        if ended { return result.add(place, "malformed", "it stands behind the trailer") }
        do {
            guard let record = try ExportRecord.read(bytes) else {
                advance(bytes)
                return
            }
            if case .header = record {} else if records == 1 { result.add(place, "malformed", "an export begins with its header") }
            switch record {
            case .header(let header): take(header, place)
            case .key(let key): take(key)
            case .receipt(let receipt): try take(receipt, place)
            case .statement(let statement): try take(statement, place)
            case .ledger(let tip): take(tip, place)
            case .entry(let sealed): take(sealed, place)
            case .trailer(let trailer): take(trailer, place)
            }
        } catch let fault as ChangeSetFault {
            result.add(place, fault.rule.rawValue, fault.detail)
        } catch {
            result.add(place, "malformed", "\(error)")
        }
        advance(bytes)
    }

    private mutating func advance(_ bytes: [UInt8]) { running = sha256(running.bytes + sha256(bytes).bytes) }

    private func sha256(_ bytes: [UInt8]) -> Digest { primitives.digest(.ed25519SHA256, of: bytes) }

    /// Says that the bytes broke off or cannot be cut into records.
    package mutating func broken(_ detail: String) { result.add("record \(records + 1)", "malformed", detail) }

    /// Nothing follows. - Parameter isWhole: whether the last record was complete.
    package mutating func finish(isWhole: Bool) -> ExportVerification {
        closeLedger()
        if !ended || !isWhole { result.add("record \(records + 1)", "truncated", "the file ends before its trailer") }
        for (replica, ranges) in counters.sorted(by: { $0.key < $1.key }) {
            let sorted = ranges.sorted { $0.first < $1.first }
            check(sorted, of: replica)
        }
        noteWithheld()
        checkMissing()
        return result
    }

    private mutating func check(_ ranges: [(first: UInt64, count: Int)], of replica: ReplicaID) {
        // Of its own ledgers, local ones included, the exporter holds every counter.
        let isComplete = result.header.map { $0.includesLocal && $0.filter.isEmpty && $0.exporter == replica } ?? false
        var end: UInt64 = 1
        for range in ranges {
            if range.first < end {
                result.add("\(replica):\(range.first)", "counter-reused", "two entries use this counter")
            } else if range.first > end, isComplete, result.notes.count < ExportVerification.most {
                result.notes.append(
                    VerificationFault(place: "\(replica):\(end)", rule: "counter-gap", detail: "counters \(end) to \(range.first - 1) are in no ledger of this file"))
            }
            end = max(end, range.first + UInt64(range.count))
        }
    }

    private mutating func take(_ bodies: SealedBodies, _ header: Header) {
        for (index, place) in bodies.places.enumerated() where place.isEmpty {
            result.missingBodies += 1
            if missing.count < ExportFormat.maximumClaims { missing.insert(header.dot(at: index)) }
        }
        // Orders of erasure are relief; what else is in that lane is little.
        guard header.ledger.lane == .relief, header.ledger.audience.mayBeErased else { return }
        for body in bodies {
            guard let body, let change = try? Change(serialized: body), case .erasure(let order) = change.kind,
                change.record.map({ header.ledger.replica.path.isAncestorOrSelf(of: $0.replica.path) }) ?? false
            else { continue }
            ordered.formUnion(order.erased)
        }
    }

    /// A body is missing only under an order; of chosen ledgers the order may stand in another one.
    private mutating func checkMissing() {
        for dot in missing.subtracting(ordered).sorted() {
            if result.header?.filter.isEmpty ?? true {
                result.add("\(dot)", "missing-body", "no erasure order in this file names it")
            } else if result.notes.count < ExportVerification.most {
                result.notes.append(VerificationFault(place: "\(dot)", rule: "missing-body", detail: "no erasure order among the chosen ledgers names it"))
            }
        }
    }

    private mutating func noteWithheld() {
        var most: [LedgerID: UInt64] = siblingClaims.mapValues(\.sequence)
        for (ledger, said) in claims { most[ledger] = max(most[ledger] ?? 0, said.keys.max() ?? 0) }
        for (ledger, claimed) in most.sorted(by: { $0.key < $1.key }) {
            // A ledger that is not in the file at all may have been left out by choice.
            guard let tip = tips[ledger], tip.sequence < claimed, result.notes.count < ExportVerification.most else { continue }
            result.notes.append(VerificationFault(place: "\(ledger)", rule: "withheld", detail: "signed for up to \(claimed); the file holds up to \(tip.sequence)"))
        }
        for (ledger, tip) in siblingClaims.sorted(by: { $0.key < $1.key }) {
            guard let held = tips[ledger], held.sequence == tip.sequence, held.digest != tip.digest else { continue }
            result.add("\(ledger) \(tip.sequence)", "tip-differs", "a header of the same author names another entry here")
        }
    }

    // MARK: - Header, keys

    private mutating func take(_ header: ExportHeader, _ place: String) {
        guard records == 1 else { return result.add(place, "malformed", "a second header") }
        result.header = header
        do {
            let root: Certificate
            switch anchor {
            case .certificate(let certificate): root = certificate
            case .fingerprint(let wanted):
                guard let found = try header.roots.map({ try Certificate(der: $0) }).first(where: { $0.fingerprint == wanted }) else {
                    return result.add(place, "untrusted-root", "the file offers no root certificate with the fingerprint \(wanted)")
                }
                root = found
            }
            roots = try TrustRoots([root])
            result.root = root.fingerprint
        } catch {
            result.add(place, "untrusted-root", "\(error)")
        }
    }

    private mutating func take(_ key: ExportKey) {
        result.keys += 1
        let place = "key \(key.key.short) of \(key.path)"
        do {
            let found = try certify(key.chain, key: key.key, path: key.path)
            guard keys[key.key] == nil else { return result.add(place, "malformed", "it stands twice") }
            if let earlier = keysOfPath[key.path] { try checkContinuity(key, earlier, place) }
            keys[key.key] = Key(path: key.path, key: found)
            keysOfPath[key.path, default: []].append(key.key)
        } catch let fault as ChangeSetFault {
            result.add(place, fault.rule.rawValue, fault.detail)
        } catch {
            result.add(place, "key-not-certified", "\(error)")
        }
    }

    private func certify(_ chain: [[UInt8]], key: Digest, path: NodePath) throws -> LedgerPublicKey {
        let certificates = try chain.map { try Certificate(der: $0) }
        guard let roots, let leaf = certificates.first, leaf.keyID == key else {
            throw ChangeSetFault(.keyNotCertified, "", "the certificates are of another key")
        }
        try verifyChain(leaf: leaf, intermediates: Array(certificates.dropFirst()), roots: roots, expecting: .ledger, path: path, at: nil)
        return try LedgerPublicKey(subjectPublicKeyInfo: leaf.subjectPublicKeyInfo)
    }

    private func checkContinuity(_ key: ExportKey, _ earlier: [Digest], _ place: String) throws(ChangeSetFault) {
        guard let continuity = key.continuity, continuity.path == key.path, continuity.newKey == key.key, earlier.contains(continuity.oldKey),
            let signer = keys[continuity.signer]
        else { throw ChangeSetFault(.keyNotContinued, place, "\(key.path) has another key before it, and no known key continued it") }
        let isOldKey = continuity.signer == continuity.oldKey
        let isGrandparent = key.path.parent?.parent.map { $0 == signer.path } ?? (key.path.parent == signer.path && signer.path.depth == 1)
        guard isOldKey || isGrandparent, signer.key.isValid(signature: continuity.signature, of: continuity.message) else {
            throw ChangeSetFault(.keyNotContinued, place, "the continuity statement is not signed by the old key or one tier above the parent")
        }
    }

    // MARK: - Receipts and statements

    private mutating func take(_ signed: SignedReceipt, _ place: String) throws {
        result.receipts += 1
        let receipt = try Receipt(serialized: signed.content)
        let from = "receipt of \(receipt.issuer.path) for \(receipt.child)"
        guard receipt.durableAt.isAncestorOrSelf(of: receipt.issuer.path), receipt.child.parent == receipt.issuer.path else {
            return result.add(from, "wrong-audience", "it speaks of tiers that are not its own")
        }
        guard let key = keys[signed.key], key.path == receipt.issuer.path else { return result.add(from, "unknown-key", "no key of \(receipt.issuer.path) in the file") }
        guard key.key.isValid(signature: signed.signature, of: SignedReceipt.message(signed.content)) else {
            return result.add(from, "bad-signature", "the signature is wrong")
        }
        claim(receipt.tips, place)
    }

    private mutating func take(_ signed: SignedStatement, _ place: String) throws {
        result.statements += 1
        guard let statement = try Statement.read(signed.content) else { return }
        let of = "statement \(statement.slot)"
        let issuer = statement.issuer.path
        let key: LedgerPublicKey
        if let held = keys[signed.key] {
            guard held.path == issuer else { return result.add(of, "key-not-certified", "signed with the key of \(held.path)") }
            key = held.key
        } else {
            do { key = try certify(signed.chain, key: signed.key, path: issuer) } catch { return result.add(of, "key-not-certified", "\(error)") }
        }
        guard key.isValid(signature: signed.signature, of: SignedStatement.message(signed.content)) else { return result.add(of, "bad-signature", "the signature is wrong") }
        switch statement.kind {
        case .freshness(_, _, _, let tips): claim(tips.filter { $0.ledger.replica.path == issuer }, place)
        case .heartbeat(let tips): claim(tips.filter { $0.ledger.replica.path == issuer }, place)
        case .condition: break
        }
    }

    private mutating func claim(_ said: [LedgerTip], _ place: String) {
        for tip in said {
            if let other = claims[tip.ledger]?[tip.tip.sequence] {
                if other != tip.tip.digest { result.add("\(tip.ledger) \(tip.tip.sequence)", "tip-differs", "two signed statements name different entries here") }
                continue
            }
            claimCount += 1
            guard claimCount <= ExportFormat.maximumClaims else { return result.add(place, "too-large", "more than \(ExportFormat.maximumClaims) tips") }
            claims[tip.ledger, default: [:]][tip.tip.sequence] = tip.tip.digest
        }
    }

    // MARK: - Ledgers

    private mutating func take(_ tip: LedgerTip, _ place: String) {
        closeLedger()
        result.ledgers += 1
        if let lastLedger, !(lastLedger < tip.ledger) { result.add("\(tip.ledger)", "malformed", "ledgers stand in ascending order, each once") }
        lastLedger = tip.ledger
        if tip.ledger.audience == .local, result.header?.includesLocal != true { result.add("\(tip.ledger)", "wrong-audience", "a local ledger that the header does not announce") }
        tips[tip.ledger] = tip.tip
        open = Open(tip: tip, digest: .zero)
    }

    private mutating func closeLedger() {
        guard let ledger = open else { return }
        open = nil
        let announced = ledger.tip.tip
        if ledger.sequence != announced.sequence {
            result.add("\(ledger.tip.ledger)", "ledger-incomplete", "announced up to \(announced.sequence); the entries end at \(ledger.sequence)")
        } else if let digest = ledger.digest, digest != announced.digest {
            result.add("\(ledger.tip.ledger) \(announced.sequence)", "tip-differs", "the announced tip is another entry")
        }
        for sibling in ledger.siblings {
            siblingClaims[LedgerID(replica: ledger.tip.ledger.replica, audience: ledger.tip.ledger.audience, lane: sibling.lane)] = sibling.tip
        }
    }

    private mutating func take(_ sealed: SealedChangeSet, _ place: String) {
        result.entries += 1
        guard var ledger = open else { return result.add(place, "malformed", "an entry outside of a ledger") }
        defer { open = ledger }
        let expected = ledger.sequence + 1
        do throws(ChangeSetFault) {
            let unverified = try UnverifiedChangeSet(sealed)
            let header = unverified.header
            let at = "\(header.ledger) \(header.sequence)"
            guard header.ledger == ledger.tip.ledger else { throw ChangeSetFault(.wrongAudience, at, "it stands among the entries of \(ledger.tip.ledger)") }
            result.changes += header.count
            result.suites[header.suite, default: 0] += 1
            if header.sequence != expected {
                result.add(at, "out-of-order", "entry \(expected) comes here")
            } else if let digest = ledger.digest, header.previous != (expected == 1 ? nil : digest) {
                result.add(at, "broken-chain", "the previous entry it names is not the one before it")
            }
            ledger.sequence = header.sequence
            ledger.digest = nil
            ledger.siblings = header.siblings
            counters[header.ledger.replica, default: []].append((header.firstCounter, header.count))
            guard let key = keys[header.key] else { throw ChangeSetFault(.unknownKey, at, "its key \(header.key.short) is not certified in this file") }
            guard key.path == header.ledger.replica.path else { throw ChangeSetFault(.keyNotCertified, at, "the key is certified for \(key.path)") }
            guard key.key.suite == header.suite else { throw ChangeSetFault(.keyNotCertified, at, "the key is not of suite \(header.suite.name)") }
            let checked = try ChangeSetSealer.check(unverified, key: key.key)
            ledger.digest = checked.digest
            take(checked.bodies, header)
            if let said = claims[header.ledger]?[header.sequence], said != checked.digest {
                result.add(at, "tip-differs", "a receipt or statement names another entry here")
            }
        } catch {
            if ledger.sequence < expected { (ledger.sequence, ledger.digest) = (expected, nil) }
            let at = error.place.hasPrefix("\(ledger.tip.ledger)") ? error.place : "\(ledger.tip.ledger) \(expected)"
            result.add(at, error.rule.rawValue, error.detail)
        }
    }

    private mutating func take(_ trailer: ExportTrailer, _ place: String) {
        closeLedger()
        ended = true
        var counted = ExportTrailer()
        (counted.keys, counted.receipts, counted.statements) = (UInt64(result.keys), UInt64(result.receipts), UInt64(result.statements))
        (counted.ledgers, counted.entries, counted.changes) = (UInt64(result.ledgers), UInt64(result.entries), UInt64(result.changes))
        counted.digest = trailer.digest
        if counted != trailer { result.add(place, "count-differs", "the trailer counts other records than the file holds") }
        if trailer.digest != running { result.add(place, "file-digest", "the bytes before it are not those that were written") }
    }
}
