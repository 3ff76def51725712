import Node
import Registry
import Replication
import Testing

/// What waits is kept as it was read, as far as there is room, and never given out for other bytes.
@Suite struct WaitingChangesTests {
    private func dot(_ counter: Int) throws -> Dot {
        Dot(replica: ReplicaID(path: try #require(NodePath("wuhan/a")), incarnation: Incarnation(high: 1, low: 2)), counter: UInt64(counter))
    }

    private func change(_ number: Int) -> Change {
        Change(actor: Actor(unit: "u", operator: "甲"), capturedAt: UInt64(number), kind: .act(.litigation(LitigationMark(caseNumber: "\(number)", isClosed: false))))
    }

    @Test func aChangeIsGivenOutOnceAndForItsOwnBytesAlone() throws {
        let waiting = WaitingChanges()
        waiting.keep(change(1), try dot(1), [1])
        waiting.keep(change(2), try dot(2), [2])
        #expect(waiting.take(try dot(1), [1]) == change(1))
        #expect(waiting.take(try dot(1), [1]) == nil)
        // Another change took the counter: of a transaction that failed, or of a past written twice.
        #expect(waiting.take(try dot(2), [3]) == nil)
        #expect(waiting.count == 0)
    }

    @Test func moreThanThereIsRoomForIsLeftToTheLog() throws {
        let waiting = WaitingChanges()
        for number in 1...WaitingChanges.most + 10 { waiting.keep(change(number), try dot(number), [UInt8(number & 255)]) }
        waiting.keep(change(0), try dot(1_000_000), Array(repeating: 0, count: WaitingChanges.longest + 1))
        #expect(waiting.count == WaitingChanges.most)
        #expect(waiting.take(try dot(WaitingChanges.most + 5), [UInt8((WaitingChanges.most + 5) & 255)]) == nil)
        waiting.forget()
        #expect(waiting.count == 0)
    }
}
