import Foundation
import Glibc
import Samples

/// What a load brought.
struct LoadResult: Sendable {
    /// Answers to requests of the measured time, and from when they should have been sent until they were answered, ms, ascending.
    var latencies: [Double] = []
    /// All answers, those while it warmed up included, and those among them that were wrong or refused.
    var answers = 0, wrong = 0
    /// Of the measured time, from its beginning until its last answer.
    var seconds = 0.0
    /// Of the thread that made the load.
    var cpuSeconds = 0.0
}

/// An open load: requests are due at fixed times, whatever became of the ones before, and latency counts from when a request was
/// due, not from when it could be sent. So a server that stops for a moment is seen by everyone who would have asked meanwhile.
struct LookupLoad: Sendable {
    let port: Int
    let identities: [LoadTLS]
    let connections: Int
    /// Requests a second.
    let rate: Double
    let warmUp: Double, seconds: Double
    /// Of the list, whose subjects are those of bodies 0 …< entries. One request in ten asks about one of them.
    let entries: Int
    let path: String

    /// Blocks its thread until everything is answered. `begin` is called when the measured time begins.
    func run(_ begin: () -> Void) throws -> LoadResult {
        var lines: [LoadConnection] = []
        for index in 0..<connections { lines.append(try LoadConnection(port: port, tls: identities[index % identities.count], path: path)) }
        defer { for line in lines { line.close() } }
        let bodies = Self.bodies(entries)
        let start = Self.now() + 20_000_000
        let measured = start + UInt64(warmUp * 1e9), total = Int(rate * (warmUp + seconds)), step = 1e9 / rate
        var result = LoadResult(), sent = 0, cpu = 0.0, last = measured
        result.latencies.reserveCapacity(total)
        var hasBegun = false
        while sent < total || lines.contains(where: { $0.underWay > 0 }) {
            let now = Self.now()
            if !hasBegun, now >= measured {
                hasBegun = true
                cpu = Self.threadCPU()
                begin()
            }
            let due = now < start ? 0 : min(total, Int(Double(now - start) / step) + 1)
            while sent < due, let line = (0..<lines.count).lazy.map({ lines[(sent + $0) % lines.count] }).first(where: \.mayAsk) {
                let one = bodies[sent % bodies.count]
                line.ask(one.body, isListed: one.isListed, intended: start + UInt64(Double(sent) * step))
                sent += 1
            }
            for line in lines where line.wantsToWrite { try line.flush() }
            try Self.wait(lines, until: sent < total && sent >= due ? start + UInt64(Double(sent) * step) : Self.now() + 1_000_000)
            for line in lines {
                try line.read { intended, isRight in
                    let now = Self.now()
                    result.answers += 1
                    if !isRight { result.wrong += 1 }
                    guard intended >= measured else { return }
                    result.latencies.append(Double(now - intended) / 1e6)
                    last = now
                }
            }
            guard Self.now() < start + UInt64((warmUp + seconds + 30) * 1e9) else { throw LoadFailure(what: "30 s after the last request not all are answered") }
        }
        result.seconds = Double(last - measured) / 1e9
        result.cpuSeconds = Self.threadCPU() - cpu
        result.latencies.sort()
        return result
    }

    /// Until something arrives or the time has come; at least 100 µs, so that the load does not spin.
    private static func wait(_ lines: [LoadConnection], until time: UInt64) throws {
        var readable = fd_set(), writable = fd_set()
        for line in lines {
            set(line.descriptor, in: &readable)
            if line.wantsToWrite { set(line.descriptor, in: &writable) }
        }
        let now = now(), most = lines.map(\.descriptor).max() ?? 0
        var pause = timespec(tv_sec: 0, tv_nsec: Int(max(100_000, time > now ? time - now : 0)))
        guard unsafe pselect(most + 1, &readable, &writable, nil, &pause, nil) >= 0 || errno == EINTR else { throw LoadFailure(what: "pselect: \(errno)") }
    }

    private static func set(_ descriptor: Int32, in descriptors: inout fd_set) {
        unsafe withUnsafeMutableBytes(of: &descriptors) { bits in
            let byte = Int(descriptor) / 8
            guard byte < bits.count else { return }
            unsafe bits[byte] |= 1 << UInt8(descriptor % 8)
        }
    }

    private static func bodies(_ entries: Int) -> [(body: [UInt8], isListed: Bool)] {
        (0..<50_000).map { n in
            let isListed = n % 10 == 0
            // Far apart, so that no page of the list serves many.
            let code = SampleCodes.creditCode(category: "91", body: isListed ? n &* 7919 % entries : 50_000_000 + n * 97)
            return (Array("{\"subject\":\"".utf8) + code + Array("\",\"purpose\":\"政府采购资格审查\",\"operator\":\"经办甲\"}".utf8), isListed)
        }
    }

    /// Nanoseconds of the monotonic clock.
    private static func now() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func threadCPU() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
