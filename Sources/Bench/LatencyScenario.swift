import Foundation
import NodeRuntime
import Samples
import Stage

/// How long single rows took from the street's socket until they were committed at the city.
struct LatencyFigures: Sendable {
    /// Milliseconds.
    let arrivals: Percentiles
    /// Until the street answered: durable there.
    let answers: Percentiles
    /// One question for the city's status.
    let questions: Percentiles
    /// One look whether the city has committed anything.
    let looks: Percentiles
    /// Rows whose moment of commit is known only to lie before the status answer; that is what was counted.
    let late: Int

    func measures(_ reference: ReferencePair) -> [Measure] {
        let detail = [
            "answer-p50": answers.at(50), "answer-p99": answers.at(99), "look-p50": looks.at(50), "status-p50": questions.at(50), "late": Double(late),
        ]
        let note = """
            chain-latency: from the request at the street's socket to the commit at the city, seen by PRAGMA data_version on the city's file every 0.1 ms \
            and confirmed by its status; rows whose commit fell into a status question count until its answer (late). Links without relays. The reference is three one-row FULL commits
            """
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
        let source = try street.socket()
        var watcher = ArrivalWatcher(watch: try OutsideView.commits(of: city.home), city: try city.socket())
        var rows = SampleRows(street: Self.number, kind: .permit, first: first)
        let header = rows.csvHeader
        var arrivals: [Double] = [], answers: [Double] = []
        for number in 0..<count {
            let row = rows.next()
            let file = Array("\(header)\n\(row.csvLine)\n".utf8)
            let options = ImportOptions(item: "permit", fileName: "single.csv", actor: Self.actor, fileBytes: file.count)
            try watcher.prepare()
            let start = ContinuousClock.now
            async let answer = Self.send(options, file, source)
            let arrived = try await watcher.wait(for: first + number + 1, row: number)
            answers.append(try await answer)
            arrivals.append((arrived - start).inSeconds * 1000)
            // What the receipt makes the nodes write must not fall into the next row's time.
            _ = try await status(of: street, "receipt of row \(number)", within: .seconds(20), pause: .milliseconds(5)) { $0.links.allSatisfy { $0.backlog.ordinary == 0 } }
        }
        return LatencyFigures(
            arrivals: Percentiles(arrivals), answers: Percentiles(answers), questions: Percentiles(watcher.questions), looks: Percentiles(watcher.looks),
            late: watcher.late)
    }

    /// - Returns: milliseconds until the street's answer.
    private static func send(_ options: ImportOptions, _ file: [UInt8], _ street: ControlSocket) async throws -> Double {
        let start = ContinuousClock.now
        let answer = try await street.importFile(options, file)
        guard answer.effective == 1 else { throw BenchFailure(what: "a single row was not taken: \(answer.problems.map(\.rule))") }
        return (ContinuousClock.now - start).inSeconds * 1000
    }
}

/// Learns when the city has committed a record, without asking it all the time.
private struct ArrivalWatcher {
    let watch: OutsideView
    let city: ControlSocket
    private var version = 0
    private(set) var questions: [Double] = []
    private(set) var looks: [Double] = []
    private(set) var late = 0

    init(watch: OutsideView, city: ControlSocket) {
        self.watch = watch
        self.city = city
    }

    mutating func prepare() throws { version = try watch.number() }

    /// - Returns: the moment of the commit.
    mutating func wait(for records: Int, row: Int) async throws -> ContinuousClock.Instant {
        let deadline = Deadline(.seconds(20))
        while !deadline.passed {
            try Task.checkCancellation()
            let before = ContinuousClock.now
            let found = try watch.number(), now = ContinuousClock.now
            looks.append((now - before).inSeconds * 1000)
            guard found != version else {
                try await Task.sleep(for: .microseconds(100), tolerance: .zero)
                continue
            }
            version = found
            let status = try await city.execute(StatusCommand())
            let answered = ContinuousClock.now
            questions.append((answered - now).inSeconds * 1000)
            guard status.records >= records else { continue }
            if try watch.number() == found { return now }
            late += 1
            return answered
        }
        throw WaitTimedOut(what: "row \(row) at the city", after: deadline.length, last: "not among \(records) records")
    }
}
