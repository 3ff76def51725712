import Foundation
import Stage

extension Scenario {
    static let http = Scenario(name: "http", what: "CPU of the HTTP/2 server beside nghttpd's") { run in
        try await HTTPScenario.run(run.troupe, program: run.program, scale: run.options.pick(full: 1, quick: 0.1, smoke: 0.002), run.report)
    }
}

/// What our HTTP/2 server costs beside nghttpd: CPU of the server alone, TLS 1.3, one connection, the same load
/// generator in turns against both. Nothing of a node but its certificate takes part.
struct HTTPScenario: Sendable {
    /// Requests of a round, and MiB of a round.
    private let requests: Int
    private let mebibytes: Int
    private let rounds: Int
    private let place: HTTPPlace
    private let load: HTTPLoad

    /// - Parameters:
    ///   - program: `creditnode`, which makes the certificate.
    ///   - scale: 1 is what docs/performance.md reports; 0.002 shows that it works.
    static func run(_ troupe: Troupe, program: String, scale: Double, _ report: BenchReport) async throws {
        let place = try await HTTPPlace(troupe, program: program)
        let scenario = HTTPScenario(
            requests: max(64, Int(60_000 * scale)), mebibytes: max(HTTPPlace.blobMebibytes, Int(400 * scale)), rounds: scale < 0.05 ? 1 : 5, place: place,
            load: try HTTPLoad(place))
        for measure in try await scenario.measure(report) { report.add(measure) }
    }

    private func measure(_ report: BenchReport) async throws -> [Measure] {
        let nghttpd = try await place.nghttpd()
        do {
            let ours = try await place.ours()
            report.note("http: \(requests) requests and \(mebibytes) MiB a round, \(rounds) rounds; load: \(load.name); reference: \(nghttpd == nil ? "nghttpd is not installed (nghttp2-server)" : "nghttpd")")
            var measures: [Measure] = []
            for kind in HTTPLoad.Kind.allCases { measures.append(try await compare(kind, ours, nghttpd)) }
            await ours.stop()
            await nghttpd?.stop()
            return measures
        } catch {
            await nghttpd?.stop()
            throw error
        }
    }

    private func compare(_ kind: HTTPLoad.Kind, _ ours: MeasuredServer, _ reference: MeasuredServer?) async throws -> Measure {
        let amount = kind.isBulk ? mebibytes / HTTPPlace.blobMebibytes : requests
        // Of bulk the unit is 100 MiB, of requests one in µs.
        let unit = kind.isBulk ? 100 / Double(amount * HTTPPlace.blobMebibytes) : 1e6 / Double(amount)
        _ = try await load.run(kind, max(1, amount / 10), port: ours.port)
        var own: [Double] = [], other: [Double] = [], rates: [Double] = [], otherRates: [Double] = []
        for _ in 0..<rounds {
            let result = try await timed(kind, amount, ours)
            own.append(result.cpu * unit)
            rates.append(result.rate)
            guard let reference else { continue }
            let beside = try await timed(kind, amount, reference)
            other.append(beside.cpu * unit)
            otherRates.append(beside.rate)
        }
        var detail = ["median": Percentiles(own).at(50), kind.isBulk ? "MiB/s" : "requests/s": rates.max() ?? 0]
        if let best = otherRates.max() { detail[kind.isBulk ? "reference MiB/s" : "reference requests/s"] = best }
        return Measure(
            "http-\(kind.rawValue)", own.min() ?? 0, kind.isBulk ? "s CPU per 100 MiB" : "µs CPU", reference: other.min(), detail: detail,
            note: "http: CPU of the server's threads alone, TLS 1.3, one connection, \(load.name), best of \(rounds) rounds in turns; \(reference == nil ? "nghttpd is not installed: no reference" : "the reference is nghttpd")")
    }

    private func timed(_ kind: HTTPLoad.Kind, _ amount: Int, _ server: MeasuredServer) async throws -> (cpu: Double, rate: Double) {
        let before = try await server.cpu(), start = ContinuousClock.now
        let seconds = try await load.run(kind, amount, port: server.port) ?? (ContinuousClock.now - start).inSeconds
        return (try await server.cpu() - before, Double(kind.isBulk ? amount * HTTPPlace.blobMebibytes : amount) / max(seconds, 1e-6))
    }
}
