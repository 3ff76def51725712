import NodeRuntime
import Testing

@Suite(.timeLimit(.minutes(5))) struct WorkThreadsTests {
    @Test("Every job runs once, on no more threads than allowed, also while all of them block")
    func all() async {
        let threads = WorkThreads(limit: 3), gate = Gate()
        let ran = Tally(), atOnce = Tally()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        threads.start {
                            atOnce.up()
                            if number % 10 == 0 { gate.pass() }
                            ran.up()
                            atOnce.down()
                            continuation.resume()
                        }
                    }
                }
            }
            gate.open()
        }
        #expect(ran.now == 200)
        #expect(atOnce.most <= 3 && threads.count <= 3)
    }

    @Test("One job after another needs one thread")
    func one() async {
        let threads = WorkThreads(limit: 8)
        for _ in 0..<50 {
            await withCheckedContinuation { continuation in threads.start { continuation.resume() } }
        }
        #expect(threads.count <= 2, "a job may begin while the thread of the one before goes to rest")
    }
}
