import Foundation
import Stage

/// How much is measured when no option says so.
enum BenchSize: Sendable {
    /// What docs/performance.md reports.
    case full
    /// About a tenth: for a look while working on something.
    case quick
    /// As little as shows that a scenario still works: for tests.
    case smoke
}

/// What the command line asked for.
struct BenchOptions: Sendable {
    var size = BenchSize.full
    /// nil: each scenario's own.
    var rows: Int?
    var backlogRows: Int?
    var latencyRows: Int?
    var entries: Int?
    var persons: Int?
    /// Look-ups a second, and for how long.
    var lookupRate: Int?
    var lookupSeconds: Int?
    /// A city's home kept from an earlier run.
    var lookupHome: String?
    /// Streets below one district.
    var streets: Int?

    /// The number for the asked size.
    func pick<Value>(full: Value, quick: Value, smoke: Value) -> Value {
        switch size {
        case .full: full
        case .quick: quick
        case .smoke: smoke
        }
    }

    /// Rows of a scenario that takes `full` of them otherwise.
    func rows(full: Int = 100_000, smoke: Int = 200) -> Int { rows ?? pick(full: full, quick: full / 10, smoke: smoke) }

    /// Streets of a district as large as they come.
    var manyStreets: Int { streets ?? pick(full: 160, quick: 50, smoke: 3) }

    /// Single rows whose way is timed.
    var singles: Int { latencyRows ?? pick(full: 200, quick: 50, smoke: 3) }
}

/// One run of one scenario: what was asked, where figures go, and a troupe of its own, ended afterwards.
struct BenchRun: Sendable {
    let options: BenchOptions
    let report: BenchReport
    let troupe: Troupe
    /// `creditnode`, the program that is measured.
    let program: String
    /// A directory that lives as long as the command: for what several scenarios can share.
    let shared: String

    /// The same with other processes.
    func with(_ troupe: Troupe) -> BenchRun { BenchRun(options: options, report: report, troupe: troupe, program: program, shared: shared) }

    /// What goes on, for whoever waits.
    func note(_ text: String) { report.note(text) }
}

/// The benchmark itself failed, or the product gave a wrong result.
struct BenchFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
