import Registry
import Replication
import Testing

/// A sender and a line in steps of a millisecond: what the allowance makes of lines of every kind.
private struct SimulatedLine {
    /// Bytes a millisecond.
    var rate: Double
    /// One way, milliseconds.
    var latency: UInt64
    /// Bytes of one change set: a load is never less.
    var set = 50_000

    private let ledger = LedgerID(replica: replica("wuhan/a"), audience: .published, lane: .ordinary)
    private(set) var flight = Flight()
    private var sent: UInt64 = 0
    private var free = 0.0
    private var acknowledgements: [(at: UInt64, through: UInt64, bytes: Int)] = []
    private(set) var delivered = 0
    private(set) var now: UInt64 = 0

    init(rate: Double, latency: UInt64, set: Int = 50_000) { (self.rate, self.latency, self.set) = (rate, latency, set) }

    /// Always has more to send.
    mutating func run(milliseconds: UInt64, stalled: Bool = false) {
        let end = now + milliseconds
        if stalled { free = max(free, Double(end)) }
        while now < end {
            now += 1
            while let next = acknowledgements.first, next.at <= now {
                acknowledgements.removeFirst()
                delivered += next.bytes
                flight.acknowledge([ledger: next.through], at: now)
            }
            while flight.hasRoom {
                flight.begin(at: now)
                let bytes = (flight.nextBytes + set - 1) / set * set
                sent += 1
                free = max(free, Double(now)) + Double(bytes) / rate
                flight.sent(ledger, through: sent, bytes: bytes)
                acknowledgements.append((UInt64(free) + 2 * latency, sent, bytes))
            }
        }
    }

    /// Milliseconds that relief written now would wait for what stands before it.
    var waiting: Double { max(0, free - Double(now)) }
}

@Suite struct FlightTests {
    @Test("On lines of 2 kB/s to 1 MB/s newly written relief waits two seconds or one set, and the line is full", arguments: [2.0, 8, 32, 128, 1000], [5 as UInt64, 150, 600])
    func reliefWaitsLittle(rate: Double, latency: UInt64) {
        var line = SimulatedLine(rate: rate, latency: latency)
        line.run(milliseconds: 120_000)
        let before = line.delivered
        var worst = 0.0
        for _ in 0..<600 {
            line.run(milliseconds: 1000)
            worst = max(worst, line.waiting)
        }
        let oneSet = 50_000 / rate
        #expect(worst <= 2000 + Double(Flight.longestDelay) + 2 * oneSet, "\(worst) ms")
        let carried = Double(line.delivered - before) / 600_000 / rate
        // One set at a time leaves the line idle for a round trip.
        let possible = min(1, max(oneSet, 2000) / (max(oneSet, 2000) + Double(2 * latency)))
        #expect(carried > 0.9 * possible, "\(carried) of the rate; \(possible) is possible")
    }

    @Test("Fast and long fat lines are filled within five seconds", arguments: [(50_000.0, 0), (10_000, 20), (5000, 150), (2000, 150), (1500, 400)] as [(Double, UInt64)])
    func fastLines(rate: Double, latency: UInt64) {
        var line = SimulatedLine(rate: rate, latency: latency)
        line.run(milliseconds: 5000)
        let before = line.delivered
        line.run(milliseconds: 10_000)
        let possible = min(rate, Double(Flight.most) / Double(max(1, 2 * latency)))
        #expect(Double(line.delivered - before) / 10_000 > 0.9 * possible, "allowance \(line.flight.allowance)")
    }

    @Test("A line that slows down is followed down, and up again when it recovers; a stall costs no lasting throughput")
    func changes() {
        var line = SimulatedLine(rate: 5000, latency: 100)
        line.run(milliseconds: 10_000)
        #expect(line.flight.allowance > 4_000_000)
        line.rate = 32
        line.run(milliseconds: 400_000)
        #expect(line.flight.allowance < 200_000, "\(line.flight.allowance)")
        #expect(line.waiting < 6000)
        line.rate = 5000
        line.run(milliseconds: 20_000)
        #expect(line.flight.allowance > 4_000_000, "\(line.flight.allowance)")
        line.run(milliseconds: 10_000, stalled: true)
        line.run(milliseconds: 10_000)
        let before = line.delivered
        line.run(milliseconds: 10_000)
        #expect(Double(line.delivered - before) / 10_000 > 4500)
    }

    @Test("The allowance stays within its bounds whatever is acknowledged and whenever")
    func bounds() {
        Seeds.each(300) { _, random in
            var flight = Flight()
            let ledgers = (1...3).map { LedgerID(replica: replica("wuhan/a", $0), audience: .published, lane: .ordinary) }
            var now: UInt64 = 0, through: UInt64 = 0
            for _ in 0..<200 {
                now = now &+ UInt64.random(in: 0...(Bool.random(using: &random) ? 10 : 100_000), using: &random)
                let ledger = ledgers[Int.random(in: 0..<3, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0, 1:
                    flight.begin(at: now)
                    through += 1
                    flight.sent(ledger, through: through, bytes: Int.random(in: 0...3_000_000, using: &random))
                case 2: flight.acknowledge([ledger: UInt64.random(in: 0...(through + 2), using: &random)], at: now)
                default: if Int.random(in: 0..<9, using: &random) == 0 { flight.forget(ledger) }
                }
                #expect((Flight.least...Flight.most).contains(flight.allowance))
                #expect((1...Flight.load).contains(flight.nextBytes))
                #expect(flight.bytes >= 0)
            }
            for ledger in ledgers { flight.acknowledge([ledger: .max], at: now) }
            #expect(flight.bytes == 0)
        }
    }
}
