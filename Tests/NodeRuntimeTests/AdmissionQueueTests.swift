import NodeRuntime
import Replication
import Testing

/// A set that weighs `bytes` and is told by `number`.
func set(_ number: Int, bytes: Int = 100) -> SealedChangeSet {
    SealedChangeSet(header: [UInt8(number & 0xFF), UInt8(number >> 8)], signature: [], digests: [], compression: 0, bodiesSize: bytes, bodies: [])
}

func number(_ set: SealedChangeSet) -> Int { Int(set.header[0]) | Int(set.header[1]) << 8 }

@Suite struct AdmissionQueueTests {
    typealias Queue = AdmissionQueue<[Int]>

    /// A queue whose next work is a plain value.
    private final class Line {
        var queue = Queue()
        func next() -> (check: [Int]?, behind: [[Int]], commit: [Int]?) {
            switch queue.next(mayCheck: { _ in true }) {
            case .check(let sets, let behind, _): (sets.map(number), behind, nil)
            case .commit(let prepared, _, _): (nil, [], prepared)
            case nil: (nil, [], nil)
            }
        }
    }

    @Test("An idle queue gives a set at once; while it is committed the next batch is checked, and grows")
    func pipelining() {
        let line = Line()
        line.queue.put([set(1)])
        #expect(line.next().check == [1])
        line.queue.put([set(2), set(3)])
        #expect(line.next().check == nil, "one batch is checked at a time")
        line.queue.checked([1])
        #expect(line.next().commit == [1])
        let second = line.next()
        #expect(second.check == [2, 3] && second.behind == [[1]])
        line.queue.put([set(4), set(5), set(6)])
        line.queue.checked([2, 3])
        #expect(line.next().commit == nil, "one batch is committed at a time")
        #expect(line.next().check == nil, "none is checked beyond the one that is ready")
        line.queue.committed()
        #expect(line.next().commit == [2, 3])
        #expect(line.next().check == [4, 5, 6])
        line.queue.committed()
        line.queue.checked([4, 5, 6])
        #expect(line.next().commit == [4, 5, 6])
        #expect(!line.queue.isEmpty)
        line.queue.committed()
        #expect(line.queue.isEmpty && line.queue.waitingBytes == 0)
    }

    @Test("A batch is bounded by its unpacked bytes, whatever size a peer claims, and has at least one set")
    func bounds() {
        let line = Line()
        line.queue.put((0..<20).map { set($0, bytes: .max) })
        var batches: [Int] = []
        while let work = line.queue.next(mayCheck: { _ in true }) {
            switch work {
            case .check(let sets, _, let weight):
                batches.append(sets.count)
                #expect(weight <= Queue.batchBytes)
                line.queue.checked([])
            case .commit: line.queue.committed()
            }
        }
        #expect(batches == [4, 4, 4, 4, 4])
        line.queue.put((0..<1000).map { set($0, bytes: -5) })
        #expect(line.next().check?.count == Queue.batchSets)
    }

    @Test("A batch that has no memory yet stays whole in its place")
    func noMemory() {
        let line = Line()
        line.queue.put([set(1), set(2)])
        let refused = line.queue.next { _ in false }
        if refused != nil { Issue.record("a batch began without memory") }
        #expect(line.next().check == [1, 2])
    }

    @Test("Any order of events commits every set once, in the order they came")
    func random() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let line = Line()
            var put = 0, checking: [Int]?, committing: [Int]?, done: [Int] = []
            for _ in 0..<200 {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let count = Int.random(in: 0..<4, using: &random)
                    line.queue.put((put..<put + count).map { set($0, bytes: Int.random(in: 0...3_000_000, using: &random)) })
                    put += count
                case 1:
                    let work = line.next()
                    if let check = work.check {
                        #expect(checking == nil && work.behind == (committing.map { [$0] } ?? []))
                        checking = check
                    }
                    if let commit = work.commit {
                        #expect(committing == nil)
                        committing = commit
                    }
                case 2:
                    if let batch = checking { line.queue.checked(batch) }
                    checking = nil
                default:
                    if let batch = committing {
                        line.queue.committed()
                        done += batch
                    }
                    committing = nil
                }
            }
            #expect(done == Array(0..<done.count) && done.count <= put)
        }
    }
}

