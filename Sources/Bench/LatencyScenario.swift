import Foundation
import NodeRuntime
import Samples
import Stage

/// How long single rows took from the street's socket until the city showed them.
struct LatencyFigures: Sendable {
    /// Milliseconds.
    let arrivals: Percentiles
    /// Until the street answered: durable there.
    let answers: Percentiles
    /// One question to the city.
    let poll: Percentiles
    let probe: String

    func measures(_ reference: ReferenceRun) -> [Measure] {
        let detail = ["answer-p50": answers.at(50), "answer-p99": answers.at(99), "poll-p50": poll.at(50), "poll-p99": poll.at(99)]
        let note = "chain-latency: the city is asked in a tight loop over its socket (\(probe)); at most two polls are in each figure. The reference is three one-row commits"
        return [
            Measure("chain-latency-p50", arrivals.at(50), "ms", reference: reference.single.at(50), detail: detail, note: note),
            Measure("chain-latency-p99", arrivals.at(99), "ms", reference: reference.single.at(99), detail: detail),
        ]
    }
}

extension BenchTown {
    /// Imports `count` single rows, one at a time, each only when the one before has arrived.
    func timeSingles(_ count: Int, after first: Int, _ report: BenchReport) async throws -> LatencyFigures {
        report.note("latency: \(count) single rows …")
        let source = try street.socket(), target = try city.socket()
        let probe = try await cheapestProbe(target)
        var rows = SampleRows(street: Self.number, kind: .permit, first: first)
        let header = rows.csvHeader
        var arrivals: [Double] = [], answers: [Double] = [], polls: [Double] = []
        for number in 0..<count {
            let row = rows.next()
            let file = Array("\(header)\n\(row.csvLine)\n".utf8)
            let options = ImportOptions(item: "permit", fileName: "single.csv", actor: Self.actor, fileBytes: file.count)
            let start = ContinuousClock.now, deadline = Deadline(.seconds(20))
            let answer = try await source.importFile(options, file)
            guard answer.effective == 1 else { throw BenchFailure(what: "a single row was not taken: \(answer.problems.map(\.rule))") }
            answers.append(Self.milliseconds(since: start))
            while true {
                let asked = ContinuousClock.now
                let there = try await probe.sees(row.documentNumber, first + number + 1, target)
                polls.append(Self.milliseconds(since: asked))
                if there { break }
                if deadline.passed { throw WaitTimedOut(what: "row \(number) at the city", after: deadline.length, last: "not there after \(polls.count) questions") }
                try Task.checkCancellation()
            }
            arrivals.append(Self.milliseconds(since: start))
        }
        return LatencyFigures(arrivals: Percentiles(arrivals), answers: Percentiles(answers), poll: Percentiles(polls), probe: probe.rawValue)
    }

    /// Asking costs time itself: takes the question that costs least while the row is not there.
    private func cheapestProbe(_ target: ControlSocket) async throws -> ArrivalProbe {
        var best = (probe: ArrivalProbe.status, time: Double.infinity)
        for probe in ArrivalProbe.allCases {
            var times: [Double] = []
            for _ in 0..<20 {
                let start = ContinuousClock.now
                _ = try await probe.sees("〔2000〕无此文书号", .max, target)
                times.append(Self.milliseconds(since: start))
            }
            let time = Percentiles(times).at(50)
            if time < best.time { best = (probe, time) }
        }
        return best.probe
    }

    static func milliseconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start).inSeconds * 1000 }
}

/// Ways to learn that a row is at a node.
private enum ArrivalProbe: String, CaseIterable {
    /// By the count of records.
    case status
    /// By its document number.
    case show

    func sees(_ document: String, _ records: Int, _ target: ControlSocket) async throws -> Bool {
        switch self {
        case .status:
            return try await target.execute(StatusCommand()).records >= records
        case .show:
            do {
                _ = try await target.execute(ShowCommand(record: document))
                return true
            } catch let fault as ControlFault where fault.exit == .notFound {
                return false
            }
        }
    }
}
