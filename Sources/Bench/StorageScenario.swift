import Foundation
import Registry
import Replication
import Stage
import Storage
import Synchronization

extension Scenario {
    /// The replica alone, in this process: what a row, a question and a commit cost before anything else is added.
    static let storage = Scenario(name: "storage", what: "the replica alone: a record, a question, a commit, writers at once") { run in
        let directory = NSTemporaryDirectory() + "creditnode-bench-storage-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let bench = StorageBench(store: try ReplicaStore(path: directory + "/node.db"))
        let rows = run.options.rows()
        for measure in try bench.rows(rows) { run.report.add(measure) }
        run.report.add(try bench.single(run.options.pick(full: 500, quick: 200, smoke: 3), after: rows))
        run.report.add(try bench.snapshots(run.options.pick(full: 100_000, quick: 20_000, smoke: 10)))
        run.report.add(try bench.together(writers: 16, each: run.options.pick(full: 200, quick: 50, smoke: 2)))
        run.report.add(try await bench.tasks(run.options.pick(full: 40_000, quick: 10_000, smoke: 20)))
        try bench.store.close()
    }
}

private struct StorageBench {
    let store: ReplicaStore

    private static func row(_ n: Int) -> RecordRow {
        // Spread as digests are, and the same in every run.
        func mix(_ n: UInt64) -> UInt64 {
            var z = n &* 0x9e37_79b9_7f4a_7c15
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            return z ^ z >> 27
        }
        let replica = ReplicaID(path: Self.path, incarnation: Incarnation(high: 1, low: 2))
        let id = Dot(replica: replica, counter: UInt64(n) + 1), key = BigEndian.bytes(mix(UInt64(n))) + BigEndian.bytes(mix(UInt64(n) + 1 << 40))
        return RecordRow(
            id: id, item: 1, home: replica.path, validity: .effective, subject: "9142\(mix(UInt64(n / 3)) % 100_000_000_000_000)", naturalKey: key, state: id)
    }

    private static let path: NodePath = {
        guard let path = NodePath("bench") else { preconditionFailure("a valid path") }
        return path
    }()

    private func time(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body).inSeconds }

    private func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Records in transactions of 2,000, each asked for first, as an import does.
    func rows(_ count: Int) throws -> [Measure] {
        let all = (0..<count).map(Self.row)
        var asking = 0.0, putting = 0.0, walls: [Double] = []
        for start in stride(from: 0, to: count, by: 2_000) {
            let batch = all[start..<min(count, start + 2_000)]
            walls.append(
                try time {
                    try store.write(as: .bulk) { tx in
                        let began = seconds(of: CLOCK_THREAD_CPUTIME_ID)
                        for row in batch { if try tx.hasRecord(naturalKey: row.naturalKey) { throw BenchFailure(what: "a key that nobody wrote") } }
                        let asked = seconds(of: CLOCK_THREAD_CPUTIME_ID)
                        for row in batch { try tx.put(row) }
                        try tx.flushCounts()
                        asking += asked - began
                        putting += seconds(of: CLOCK_THREAD_CPUTIME_ID) - asked
                    }
                })
        }
        let whole = Percentiles(walls)
        return [
            Measure("storage-ask", asking * 1e6 / Double(count), "µs per row", note: "storage: CPU of the thread, \(count) rows in transactions of 2,000; ask: whether a natural key is held"),
            Measure(
                "storage-put", putting * 1e6 / Double(count), "µs per row",
                detail: ["transaction p50, ms": whole.at(50) * 1e3, "transaction p99, ms": whole.at(99) * 1e3, "rows/s": Double(count) / walls.reduce(0, +)]),
        ]
    }

    /// Transactions of one record, one after the other.
    func single(_ count: Int, after: Int) throws -> Measure {
        var times: [Double] = []
        let began = seconds(of: CLOCK_PROCESS_CPUTIME_ID)
        for n in 0..<count {
            let row = Self.row(after + n)
            times.append(
                try time {
                    try store.write { tx in
                        try tx.put(row)
                        try tx.flushCounts()
                    }
                } * 1e3)
        }
        let cpu = (seconds(of: CLOCK_PROCESS_CPUTIME_ID) - began) * 1e6 / Double(count), all = Percentiles(times)
        return Measure("storage-commit", all.at(50), "ms", detail: ["p99": all.at(99), "worst": all.at(100), "CPU µs": cpu], note: "storage-commit: a transaction of one record, fsync included")
    }

    func snapshots(_ count: Int) throws -> Measure {
        let seconds = try time { for _ in 0..<count { _ = try store.read { try $0.metaNumber(.clock) } } }
        return Measure("storage-read", seconds * 1e6 / Double(count), "µs", note: "storage-read: a snapshot and one question in it")
    }

    /// Threads that each commit one small write after the other.
    func together(writers: Int, each: Int) throws -> Measure {
        let before = store.commits, failures = Mutex(0)
        let seconds = time {
            DispatchQueue.concurrentPerform(iterations: writers) { writer in
                for n in 0..<each {
                    do { try store.write { try $0.setMeta(.clock, UInt64(writer * each + n)) } } catch { failures.withLock { $0 += 1 } }
                }
            }
        }
        guard failures.withLock({ $0 }) == 0 else { throw BenchFailure(what: "writers failed") }
        return Measure(
            "storage-writers", Double(writers * each) / seconds, "writes/s", detail: ["writers": Double(writers), "writes per commit": Double(writers * each) / Double(store.commits - before)],
            note: "storage-writers: threads at once, as many as the system gives, each waiting for its own durable write")
    }

    /// Tasks that wait for durable lines without holding threads.
    func tasks(_ count: Int) async throws -> Measure {
        let workers = min(200, count), before = store.commits, clock = ContinuousClock(), start = clock.now, store = self.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    for n in 0..<count / workers { _ = try await store.enqueue { try $0.setMeta(.clock, UInt64(worker * count + n)) } }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (clock.now - start).inSeconds, done = Double(count / workers * workers)
        return Measure(
            "storage-tasks", done / seconds, "writes/s", detail: ["writes per commit": done / Double(max(1, store.commits - before))],
            note: "storage-tasks: at most 200 tasks, each waiting for its own durable write without a thread")
    }
}
