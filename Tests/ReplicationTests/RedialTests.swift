import Replication
import Testing

@Suite struct RedialTests {
    @Test("The wait doubles to the longest, and starts anew after a talk that lasted")
    func doubling() {
        var redial = Redial(longest: 30_000)
        #expect(redial.ceiling == 250)
        var ceilings: [UInt64] = []
        for _ in 0..<9 {
            redial.ended(talked: nil)
            ceilings.append(redial.ceiling)
        }
        #expect(ceilings == [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
        redial.ended(talked: Redial.shortTalk - 1)
        #expect(redial.ceiling == 30_000, "a talk that breaks down at once is a failure")
        redial.ended(talked: Redial.shortTalk)
        #expect(redial.ceiling == 250 && redial.failures == 0)
        for _ in 0..<1000 { redial.ended(talked: nil) }
        #expect(redial.ceiling == 30_000 && redial.failures == 16)
    }

    @Test("Every draw gives a wait within the bounds, also at the ends of both ranges")
    func bounds() {
        for longest in [0, 1, 7, 1000, 30_000, 3_600_000, UInt64.max] {
            var redial = Redial(longest: longest)
            for _ in 0..<20 {
                for draw in [0, 1, UInt64.max, UInt64.max - 1] {
                    #expect((1...max(1, redial.ceiling)).contains(redial.wait(draw: draw)))
                    #expect(redial.ceiling <= max(1, longest))
                }
                redial.ended(talked: nil)
            }
        }
    }

    @Test("A parent away for ten seconds meets its 160 streets over its whole first second back, reconnect_seconds 1")
    func parentAway() {
        Seeds.each(20) { _, random in
            var tenths = [Int](repeating: 0, count: 10)
            for _ in 0..<160 {
                var redial = Redial(longest: 1000)
                redial.ended(talked: Redial.shortTalk)
                var time: UInt64 = 0
                while time < 10_000 {
                    time += redial.wait(draw: UInt64.random(in: 0 ... .max, using: &random))
                    redial.ended(talked: nil)
                }
                tenths[min(9, Int(time - 10_000) / 100)] += 1
            }
            #expect(tenths.allSatisfy { $0 < 50 }, "\(tenths)")
            #expect(tenths[..<7].allSatisfy { $0 > 0 }, "\(tenths)")
        }
    }

    @Test("Of 160 streets whose parent comes back no tenth of the time sees more than a quarter", arguments: [0, 1, 3, 6])
    func spread(failures: Int) {
        Seeds.each(20) { _, random in
            var tenths = [Int](repeating: 0, count: 10)
            for _ in 0..<160 {
                var redial = Redial(longest: 30_000)
                for _ in 0..<failures { redial.ended(talked: nil) }
                let wait = redial.wait(draw: UInt64.random(in: 0 ... .max, using: &random))
                tenths[min(9, Int(wait * 10 / redial.ceiling))] += 1
            }
            #expect(tenths.allSatisfy { $0 < 40 }, "\(tenths)")
            #expect(tenths[1...].allSatisfy { $0 > 0 }, "\(tenths)")
        }
    }
}
