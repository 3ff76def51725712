import Replication

/// What is to be done next with the change sets of one link, as a value: while one batch is committed the next is checked,
/// and what comes meanwhile waits. An idle queue gives a set at once; a busy one gathers larger batches. At most one
/// batch is being checked and one committed at a time, in the order they came.
package struct AdmissionQueue<Prepared> {
    /// Uncompressed bodies and sealed bytes of one batch at most, unless it is one set: some 10,000 rows.
    package static var batchBytes: Int { 9 * 1024 * 1024 }
    package static var batchSets: Int { 256 }

    package enum Work {
        /// `behind` is not known to be committed.
        case check([SealedChangeSet], behind: [Prepared], weight: Int)
        case commit(Prepared, sets: Int, weight: Int)
    }

    fileprivate struct Ready {
        let prepared: Prepared
        let sets: Int
        let weight: Int
    }

    private var waiting: [SealedChangeSet] = []
    private var checking: (sets: Int, weight: Int)?
    private var ready: Ready?
    private var committing: Prepared?
    /// Sealed bytes that wait to be checked.
    package private(set) var waitingBytes = 0

    package init() {}

    package var isEmpty: Bool { waiting.isEmpty && checking == nil && ready == nil && committing == nil }

    package mutating func put(_ sets: [SealedChangeSet]) {
        waiting += sets
        for set in sets { waitingBytes += set.byteCount }
    }

    /// - Parameter mayCheck: whether there is memory for a batch of so many bytes; asked only when one would begin.
    /// - Returns: nil when there is nothing to do before something else is done.
    package mutating func next(mayCheck: (Int) -> Bool) -> Work? {
        if committing == nil, let ready {
            self.ready = nil
            committing = ready.prepared
            return .commit(ready.prepared, sets: ready.sets, weight: ready.weight)
        }
        guard checking == nil, ready == nil, !waiting.isEmpty else { return nil }
        var count = 0, weight = 0
        while count < min(waiting.count, Self.batchSets) {
            let more = Self.weight(waiting[count])
            if count > 0, weight + more > Self.batchBytes { break }
            weight += more
            count += 1
        }
        guard mayCheck(weight) else { return nil }
        let batch = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        for set in batch { waitingBytes -= set.byteCount }
        checking = (count, weight)
        return .check(batch, behind: committing.map { [$0] } ?? [], weight: weight)
    }

    package mutating func checked(_ prepared: Prepared) {
        guard let batch = checking else { return }
        checking = nil
        ready = Ready(prepared: prepared, sets: batch.sets, weight: batch.weight)
    }

    package mutating func committed() { committing = nil }

    /// Drops what waits. - Returns: the weight of a batch that was checked and will not be committed.
    package mutating func drop() -> Int {
        defer { (waiting, waitingBytes, ready) = ([], 0, nil) }
        return ready?.weight ?? 0
    }

    /// What a set takes while it is checked and committed: itself and its bodies unpacked. The size is the peer's word.
    package static func weight(_ set: SealedChangeSet) -> Int { set.byteCount + min(max(0, set.bodiesSize), SealedChangeSet.maximumBodyBytes) }
}

extension AdmissionQueue: Sendable where Prepared: Sendable {}
extension AdmissionQueue.Work: Sendable where Prepared: Sendable {}
extension AdmissionQueue.Ready: Sendable where Prepared: Sendable {}
