import Registry
import Replication
import Synchronization

/// Change sets stored a moment ago, for the links that pass them on: what a commit has just written is not read back
/// from the disk. A few MiB, oldest out first.
///
/// A set is staged within the transaction that stores it, and given out only once a durable tip was announced that its
/// chain of digests leads to: what was rolled back never leaves.
final class RecentSets: Sendable {
    static let maximumBytes = 4 * 1024 * 1024

    fileprivate struct Entry {
        let number: UInt64
        let sequence: UInt64
        let digest: Digest
        let previous: Digest?
        let key: Digest
        let sealed: SealedChangeSet
        var cost: Int { sealed.byteCount + 512 }
    }

    /// Contiguous entries of one ledger, ascending. Those before `head` are gone.
    fileprivate struct Run {
        private var slots: [Entry?] = []
        private var head = 0
        /// Up to here durable and announced.
        var through: UInt64 = 0

        var isEmpty: Bool { head == slots.count }
        var first: Entry? { isEmpty ? nil : slots[head] }
        var last: Entry? { isEmpty ? nil : slots[slots.count - 1] }

        subscript(_ sequence: UInt64) -> Entry? {
            guard let first, let last, sequence >= first.sequence, sequence <= last.sequence else { return nil }
            return slots[head + Int(sequence - first.sequence)]
        }

        mutating func append(_ entry: Entry) { slots.append(entry) }

        mutating func removeLast() { slots.removeLast() }

        mutating func removeFirst() {
            slots[head] = nil
            head += 1
            guard head > 64, head > slots.count / 2 else { return }
            slots.removeFirst(head)
            head = 0
        }
    }

    private struct State {
        var runs: [LedgerID: Run] = [:]
        var order: [(ledger: LedgerID, number: UInt64)] = []
        var oldest = 0
        var bytes = 0
        var last: UInt64 = 0
    }

    private let path: NodePath
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter path: the node's own.
    init(at path: NodePath, limit: Int = RecentSets.maximumBytes) { (self.path, self.limit) = (path, limit) }

    var bytes: Int { state.withLock { $0.bytes } }

    /// A set was stored, in a transaction that may still fail.
    func stage(_ set: VerifiedChangeSet) {
        let header = set.header
        guard isPassedOn(header.ledger) else { return }
        var sealed = set.sealed
        (sealed.chain, sealed.continuity) = ([], nil)
        state.withLock { state in
            var run = state.runs.removeValue(forKey: header.ledger) ?? Run()
            while let last = run.last, last.sequence + 1 != header.sequence {
                run.removeLast()
                state.bytes -= last.cost
            }
            run.through = min(run.through, header.sequence - 1)
            state.last += 1
            let entry = Entry(number: state.last, sequence: header.sequence, digest: set.digest, previous: header.previous, key: header.key, sealed: sealed)
            run.append(entry)
            state.bytes += entry.cost
            state.order.append((header.ledger, entry.number))
            state.runs[header.ledger] = run
            evict(&state)
        }
    }

    /// Entries of a ledger were made smaller: what is kept here is not what the replica holds.
    func forget(_ ledger: LedgerID) {
        state.withLock { state in
            guard var run = state.runs.removeValue(forKey: ledger) else { return }
            while let last = run.last {
                run.removeLast()
                state.bytes -= last.cost
            }
        }
    }

    /// These tips are durable.
    func publish(_ tips: [LedgerTip]) {
        state.withLock { state in
            for tip in tips {
                guard var run = state.runs[tip.ledger] else { continue }
                if run.proves(tip.tip) {
                    run.through = max(run.through, tip.tip.sequence)
                    state.runs[tip.ledger] = run
                } else if run[tip.tip.sequence] != nil {
                    while let last = run.last {
                        run.removeLast()
                        state.bytes -= last.cost
                    }
                    state.runs[tip.ledger] = nil
                }
            }
        }
    }

    /// - Returns: nil when the first of them, or the key of the one before it, is not at hand.
    func sets(of ledger: LedgerID, after sequence: UInt64, limitBytes: Int) -> [SealedChangeSet]? {
        state.withLock { state in
            guard let run = state.runs[ledger], let before = run[sequence] else { return nil }
            var found: [SealedChangeSet] = []
            var bytes = 0, next = sequence + 1
            // A new key goes with its certificates, which are on the disk.
            while bytes < limitBytes, next <= run.through, let entry = run[next], entry.key == before.key {
                found.append(entry.sealed)
                bytes += entry.sealed.byteCount
                next += 1
            }
            return found.isEmpty ? nil : found
        }
    }

    /// Whether some link takes this ledger further: up, unless its audience ends here; down, what was written here or above.
    private func isPassedOn(_ ledger: LedgerID) -> Bool {
        switch ledger.audience {
        case .local: false
        case .lineage(_, let upTo): path.depth > upTo || ledger.replica.path.isAncestorOrSelf(of: path)
        case .published: true
        }
    }

    private func evict(_ state: inout State) {
        while state.bytes > limit, state.oldest < state.order.count {
            let (ledger, number) = state.order[state.oldest]
            state.oldest += 1
            guard var run = state.runs.removeValue(forKey: ledger) else { continue }
            if let first = run.first, first.number == number {
                run.removeFirst()
                state.bytes -= first.cost
            }
            if !run.isEmpty { state.runs[ledger] = run }
        }
        if state.oldest > 1024, state.oldest > state.order.count / 2 {
            state.order.removeFirst(state.oldest)
            state.oldest = 0
        }
    }
}

extension RecentSets.Run {
    /// Whether the chain of digests leads from a durable tip back to all that was given out before.
    fileprivate func proves(_ tip: Tip) -> Bool {
        guard let entry = self[tip.sequence], entry.digest == tip.digest else { return false }
        var previous = entry.previous, sequence = tip.sequence
        while sequence > 1, sequence - 1 > through, let earlier = self[sequence - 1] {
            guard earlier.digest == previous else { return false }
            (previous, sequence) = (earlier.previous, sequence - 1)
        }
        return self[sequence - 1].map { $0.digest == previous } ?? true
    }
}
