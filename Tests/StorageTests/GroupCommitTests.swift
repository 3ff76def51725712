import Foundation
import GRDB
import Registry
import Replication
@testable import Storage
import Synchronization
import Testing

/// Callers share transactions; each must find it as if it were alone.
@Suite struct GroupCommitTests {
    private struct Stop: Error {}

    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-group-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private var path: String { directory.appending(path: "node.db").path }

    private static func note(_ n: Int, _ tx: WriteTransaction) throws {
        try tx.noteRefusal(ChangeSetFault(.malformed, "place \(n)", "x"), from: "peer", at: UInt64(n))
    }

    private static func places(_ store: ReplicaStore) throws -> [String] {
        try store.read { tx in try String.fetchAll(tx.db, sql: "SELECT place FROM refusal ORDER BY last_at") }
    }

    /// Holds the writer while `queue` is called, so that everybody it starts waits; then lets all go.
    private func whileWriterIsHeld(_ store: ReplicaStore, waiting count: Int, _ start: (DispatchGroup) -> Void) throws {
        let entered = DispatchSemaphore(value: 0), leave = DispatchSemaphore(value: 0), all = DispatchGroup()
        DispatchQueue.global().async(group: all) {
            try? store.write { _ in
                entered.signal()
                leave.wait()
            }
        }
        entered.wait()
        start(all)
        // Everybody stands in the queue before the writer goes on: a state to be reached, not a time to be waited.
        while store.waitingWriters < count { sched_yield() }
        leave.signal()
        all.wait()
    }

    private func run(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }

    @Test("Writers that wait together share one commit, and each has its own answer")
    func sharing() throws {
        let store = try ReplicaStore(path: path)
        let answers = Mutex<[Int: Int]>([:])
        let before = store.commits
        try whileWriterIsHeld(store, waiting: 20) { all in
            for n in 0..<20 {
                all.enter()
                run(all) {
                    let answer = try? store.write { tx in
                        try Self.note(n, tx)
                        return n * n
                    }
                    answers.withLock { $0[n] = answer }
                }
            }
        }
        #expect(answers.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, $0 * $0) }))
        #expect(try Self.places(store).count == 20)
        // The one that held the writer took in what its time allowed, the next the rest.
        #expect(store.commits - before <= 10)
    }

    @Test("One that fails takes nothing else with it, sees its own error, and leaves no trace for those behind it")
    func isolation() throws {
        let store = try ReplicaStore(path: path)
        let failed = Mutex<[Int]>([])
        let seen = Mutex<[[String]]>([])
        try whileWriterIsHeld(store, waiting: 30) { all in
            for n in 0..<30 {
                all.enter()
                run(all) {
                    do {
                        try store.write { tx in
                            try Self.note(n, tx)
                            let before = try String.fetchAll(tx.db, sql: "SELECT place FROM refusal")
                            if n.isMultiple(of: 3) { throw Stop() }
                            seen.withLock { $0.append(before) }
                        }
                    } catch is Stop {
                        failed.withLock { $0.append(n) }
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
        #expect(failed.withLock { $0.sorted() } == (0..<30).filter { $0.isMultiple(of: 3) })
        let kept = (0..<30).filter { !$0.isMultiple(of: 3) }.map { "place \($0)" }
        #expect(Set(try Self.places(store)) == Set(kept))
        for places in seen.withLock({ $0 }) { #expect(Set(places).isSubset(of: kept), "a failed writer's row was seen") }
    }

    @Test("What one writer remembers of replicas and counts is not believed by another after it was rolled back")
    func caches() throws {
        let store = try ReplicaStore(path: path)
        let path = try #require(NodePath("wuhan"))
        func row(_ counter: UInt64, _ high: UInt64) -> RecordRow {
            let id = Dot(replica: ReplicaID(path: path, incarnation: Incarnation(high: high, low: 2)), counter: counter)
            return RecordRow(
                id: id, item: 1, home: path, validity: .effective, subject: "s\(counter)", naturalKey: Array(repeating: UInt8(counter), count: 16), state: id)
        }
        let rows = (0..<40).map { row(UInt64($0 + 1), UInt64($0 / 10)) }
        try whileWriterIsHeld(store, waiting: 40) { all in
            for (n, row) in rows.enumerated() {
                all.enter()
                run(all) {
                    try? store.write { tx in
                        try tx.put(row)
                        if n % 10 == 0 { throw Stop() }
                        try tx.flushCounts()
                    }
                }
            }
        }
        #expect(try store.read { try $0.recordCounts() }.map(\.count) == [36])
        for (n, row) in rows.enumerated() { #expect(try store.read { try $0.record(row.id) } == (n % 10 == 0 ? nil : row)) }
    }

    @Test("Tasks by the thousand wait without threads; one that fails does so alone")
    func tasks() async throws {
        let store = try ReplicaStore(path: path)
        let before = store.commits
        let failures = await withTaskGroup(of: Int?.self) { group in
            for n in 0..<3_000 {
                group.addTask {
                    do {
                        let answer = try await store.enqueue { tx in
                            try tx.setMeta(.clock, UInt64(n))
                            _ = try tx.allocateCounters(1)
                            if n % 500 == 7 { throw Stop() }
                            return n
                        }
                        return answer == n ? nil : -1
                    } catch { return error is Stop ? n : -2 }
                }
            }
            return await group.reduce(into: [Int]()) { if let n = $1 { $0.append(n) } }.sorted()
        }
        #expect(failures == (0..<3_000).filter { $0 % 500 == 7 })
        #expect(try store.write { try $0.allocateCounters(1) } == 1 + 2_994)
        #expect(store.commits - before < 1_500)
    }

    @Test("Bulk work begins its own transaction; what was small before it has its answer by then")
    func bulk() throws {
        let store = try ReplicaStore(path: path)
        let events = Mutex<[String]>([])
        try whileWriterIsHeld(store, waiting: 2) { all in
            all.enter()
            run(all) {
                try? store.write { try Self.note(1, $0) }
                events.withLock { $0.append("small") }
            }
            while store.waitingWriters < 1 { sched_yield() }
            all.enter()
            run(all) {
                try? store.write(as: .bulk) { tx in
                    // A snapshot beside the writer shows what is committed: the small one is.
                    let small = try Self.places(store)
                    events.withLock { $0.append("bulk sees \(small.count)") }
                }
            }
        }
        #expect(events.withLock { $0.contains("bulk sees 1") })
    }

    @Test("A write is seen by every reader that starts after it returned, and by none before its commit")
    func durabilityOrder() throws {
        let store = try ReplicaStore(path: path)
        try store.write { tx in
            try Self.note(1, tx)
            #expect(try Self.places(store).isEmpty)
        }
        #expect(try Self.places(store) == ["place 1"])
    }

    @Test("A transaction that cannot commit fails everybody in it, and the writer goes on afterwards")
    func failingCommit() throws {
        let store = try ReplicaStore(path: path)
        let failed = Mutex<[String]>([])
        try whileWriterIsHeld(store, waiting: 3) { all in
            for n in 0..<3 {
                all.enter()
                run(all) {
                    do {
                        try store.write { tx in
                            try Self.note(n, tx)
                            // A deferred foreign key is looked at by COMMIT alone.
                            try tx.db.execute(sql: "PRAGMA defer_foreign_keys = ON")
                            try tx.db.execute(sql: "INSERT INTO ledger (replica, audience, lane, sequence, digest) VALUES (\(900 + n), 'local', 1, 0, zeroblob(32))")
                        }
                    } catch { failed.withLock { $0.append("\(error)") } }
                }
            }
        }
        #expect(failed.withLock { $0.count } == 3)
        #expect(failed.withLock { $0.allSatisfy { $0.contains("FOREIGN KEY") } })
        #expect(try Self.places(store).isEmpty)
        try store.write { try Self.note(9, $0) }
        #expect(try Self.places(store) == ["place 9"])
    }
}
