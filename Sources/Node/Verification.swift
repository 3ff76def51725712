import Registry
import Replication
import Sealing
import Storage

package struct VerificationFault: Sendable, Hashable {
    package let place: String
    package let rule: String
    package let detail: String
}

package struct Verification: Sendable {
    package var ledgers = 0
    package var changeSets = 0
    package var changes = 0
    package var missingBodies = 0
    package var keys = 0
    package var lookups = 0
    package var faults: [VerificationFault] = []

    /// More faults than a person reads are counted, not kept.
    mutating func add(_ place: String, _ rule: String, _ detail: String) {
        if faults.count < 1000 { faults.append(VerificationFault(place: place, rule: rule, detail: detail)) }
    }
}

extension Node {
    /// Checks everything that can be checked from the bytes held: certificates of every key up to the
    /// root, every chain, signature, digest and counter, tips, and the look-up log. Memory stays bounded.
    package func verify() throws -> Verification {
        try store.read { tx in
            var result = Verification()
            try verifyKeys(tx, &result)
            try verifyLedgers(tx, &result)
            try verifyLookups(tx, &result)
            try verifyNotices(tx, &result)
            try verifyContents(tx, &result)
            try verifyLists(tx, &result)
            return result
        }
    }

    private func verifyKeys(_ tx: ReadTransaction, _ result: inout Verification) throws {
        for row in try tx.ledgerKeys() {
            result.keys += 1
            do {
                let certificates = try row.chain.map { try Certificate(der: $0) }
                guard let leaf = certificates.first, leaf.keyID == row.key, leaf.subjectPublicKeyInfo == row.publicKey else {
                    result.add("key \(row.key.short)", "key-not-certified", "the stored certificates are of another key")
                    continue
                }
                try verifyChain(leaf: leaf, intermediates: Array(certificates.dropFirst()), roots: identity.ledgerRoots, expecting: .ledger, path: row.path, at: nil)
            } catch {
                result.add("key \(row.key.short) of \(row.path)", "key-not-certified", "\(error)")
            }
        }
    }

    private func verifyLedgers(_ tx: ReadTransaction, _ result: inout Verification) throws {
        var counters: [ReplicaID: [(first: UInt64, count: Int)]] = [:]
        for tip in try tx.tips() {
            result.ledgers += 1
            var previous = Tip.none
            while true {
                let batch = try tx.changeSets(of: tip.ledger, after: previous.sequence, limitBytes: 4 << 20)
                if batch.isEmpty { break }
                for stored in batch {
                    result.changeSets += 1
                    result.changes += stored.count
                    counters[tip.ledger.replica, default: []].append((stored.firstCounter, stored.count))
                    check(stored, after: previous, tx, &result)
                    previous = Tip(sequence: stored.sequence, digest: stored.digest)
                }
            }
            if previous != tip.tip { result.add("\(tip.ledger)", "broken-chain", "the tip says \(tip.tip.sequence), the entries end at \(previous.sequence)") }
        }
        for (replica, ranges) in counters.sorted(by: { $0.key < $1.key }) {
            let sorted = ranges.sorted { $0.first < $1.first }
            for (a, b) in zip(sorted, sorted.dropFirst()) where a.first + UInt64(a.count) > b.first {
                result.add("\(replica):\(b.first)", "counter-reused", "two change sets use this counter")
            }
        }
    }

    private func check(_ stored: StoredChangeSet, after previous: Tip, _ tx: ReadTransaction, _ result: inout Verification) {
        let place = "\(stored.ledger) \(stored.sequence)"
        do {
            let unverified = try UnverifiedChangeSet(stored.sealed)
            let header = unverified.header
            guard header.ledger == stored.ledger, header.sequence == stored.sequence, header.firstCounter == stored.firstCounter, header.count == stored.count else {
                return result.add(place, "malformed", "the stored row says something else than the signed header")
            }
            guard header.sequence == previous.sequence + 1, header.previous == (previous.sequence == 0 ? nil : previous.digest) else {
                return result.add(place, "broken-chain", "it does not follow entry \(previous.sequence)")
            }
            guard let key = try certifiedKey(header.key, tx), key.path == header.ledger.replica.path else {
                return result.add(place, "unknown-key", "its key \(header.key.short) is not certified for \(header.ledger.replica.path)")
            }
            let checked = try ChangeSetSealer.check(unverified, key: key.key)
            if checked.digest != stored.digest { result.add(place, "bad-signature", "the stored digest differs from the recomputed one") }
            try checkMissing(checked.bodies, header, place, tx, &result)
        } catch let fault as ChangeSetFault {
            result.add(place, fault.rule.rawValue, fault.detail)
        } catch {
            result.add(place, "malformed", "\(error)")
        }
    }

    /// A body is missing only under a signed order that is held and names its dot (guarantee 8); the order's own set is
    /// verified with its ledger.
    private func checkMissing(_ bodies: SealedBodies, _ header: Header, _ place: String, _ tx: ReadTransaction, _ result: inout Verification) throws {
        guard bodies.firstHole != nil else { return }
        for index in bodies.places.indices where bodies.places[index].isEmpty {
            result.missingBodies += 1
            let dot = header.dot(at: index)
            let isOrdered = try tx.erasures(of: dot).contains { row in
                guard case .erasure(let order)? = try change(row.order, tx)?.change.kind, try tx.pending(row.order) == nil else { return false }
                return order.erased.contains(dot)
            }
            if !isOrdered { result.add(place, "missing-body", "no erasure order that is held names \(dot.short)") }
        }
    }

    private func verifyLookups(_ tx: ReadTransaction, _ result: inout Verification) throws {
        var last = Digest.zero
        try tx.eachLookup { id, entry, stored in
            result.lookups += 1
            if digest(entry.message(previous: last)) != stored {
                result.add("look-up \(id)", "broken-chain", "the log was altered here or before")
            }
            last = stored
        }
    }

    private func verifyNotices(_ tx: ReadTransaction, _ result: inout Verification) throws {
        var last = Digest.zero
        try tx.eachNoticeDone { id, done, stored in
            if digest(done.message(previous: last)) != stored { result.add("notice \(id)", "broken-chain", "the record of who was told was altered here or before") }
            last = stored
        }
    }

    /// Empties the projection and reproduces it from the change sets, in one transaction.
    /// - Returns: digests of the projection before and after: equal, byte for byte.
    package func rebuild() throws -> (changeSets: Int, before: Digest, after: Digest) {
        try store.write(as: .huge) { tx in
            let before = try projectionDigest(tx)
            try tx.clearProjection()
            let projector = Projector(node: self, tx: tx, isReplay: true)
            let findsRelief = try tx.meta(.reliefAnew) != nil
            var count = 0
            var last: Int64 = 0
            // In pages: a cursor must not stay open while its tables' neighbours are written.
            while true {
                let page = try tx.changeSetPage(after: last, limit: 16)
                guard let end = page.last else { break }
                for stored in page {
                    let header = try Header(serialized: stored.sealed.header)
                    let bodies = try readBodies(stored)
                    let plain = plainRows(header.ledger, bodies) { edition($0, tx) }
                    if findsRelief { tx.reliefFrom = stored.receivedAt }
                    _ = try projector.apply(header, bodies: bodies, plain: plain)
                    count += 1
                }
                last = end.id
            }
            try tx.noteDuplicates()
            return (count, before, try projectionDigest(tx))
        }
    }

    package func projectionDigest() throws -> Digest { try store.read { try projectionDigest($0) } }

    private func projectionDigest(_ tx: ReadTransaction) throws -> Digest {
        var running = Digest.zero
        var pending: [UInt8] = []
        func fold() {
            running = digest(running.bytes + pending)
            pending.removeAll(keepingCapacity: true)
        }
        try tx.eachProjectionRow { row in
            pending += BigEndian.bytes(UInt32(row.count))
            pending += row
            if pending.count > 1 << 16 { fold() }
        }
        fold()
        return running
    }
}
