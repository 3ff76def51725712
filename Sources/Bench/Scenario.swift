/// One part of the measurement: `--only NAME` runs it alone, otherwise all run one after the other.
struct Scenario: Sendable {
    let name: String
    /// One line for the help.
    let what: String
    /// Adds its figures to the run's report.
    let measure: @Sendable (BenchRun) async throws -> Void

    /// Every scenario in the order of a whole run. A new one is a file with an extension like those of the others,
    /// and a name here.
    static let all: [Scenario] = [reference, storage, resolving, mixed, chain, fanIn, storm, idle, scale, startUp, listMillion, lookups, http]

    /// - Throws: ``BenchFailure`` when there is none of that name.
    static func named(_ name: String) throws -> Scenario {
        guard let found = all.first(where: { $0.name == name }) else {
            throw BenchFailure(what: "没有测量项目 / no scenario \(name): \(all.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}
