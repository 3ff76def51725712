import Foundation
import NodeRuntime
import Samples
import Stage

/// City, district and street as three processes, with a counting line on each hop.
struct BenchTown: Sendable {
    let troupe: Troupe
    let city: StagedNode
    let district: StagedNode
    let street: StagedNode
    /// Between district and city.
    let upper: Line
    /// Between street and district.
    let lower: Line

    var nodes: [StagedNode] { [street, district, city] }
    static let number = 0
    static var actor: ActorOptions { ActorOptions(unit: SampleUnit.streetOffice(number).code, operator: "经办甲", reviewer: "审核乙") }

    static func build(_ troupe: Troupe, program: String) async throws -> BenchTown {
        let city = StagedNode(path: "bench", executable: program, troupe: troupe)
        try await city.perform(["init", "--path", city.path])
        try await city.serve()
        let (district, upper) = try await below(city, "bench/district", troupe)
        let (street, lower) = try await below(district, "bench/district/street", troupe)
        let town = BenchTown(troupe: troupe, city: city, district: district, street: street, upper: upper, lower: lower)
        for node in [district, street] {
            _ = try await town.status(of: node, "\(node.path) connected", within: .seconds(30)) { $0.links.contains { $0.role == "parent" && $0.state == "connected" } }
        }
        return town
    }

    private static func below(_ parent: StagedNode, _ path: String, _ troupe: Troupe) async throws -> (StagedNode, Line) {
        let port = (parent.addresses?.listen ?? "").split(separator: ":").last.flatMap { Int($0) } ?? 0
        let line = try await Line.start(to: "127.0.0.1", port: port)
        let invitation = try await parent.run(["invite", path, "--address", "127.0.0.1:\(line.port)"], as: InviteCommand.Response.self)
        let node = StagedNode(path: path, executable: parent.executable, troupe: troupe)
        try await node.perform(["join", invitation.token])
        try await node.serve()
        return (node, line)
    }

    /// Asks a node for its status until it satisfies.
    func status(
        of node: StagedNode, _ what: String, within length: Duration, pause: Duration = .milliseconds(50), until done: (StatusReport) -> Bool
    ) async throws -> StatusReport {
        try await wait(for: what, within: length, pause: pause) {
            let status = try await node.ask(StatusCommand())
            let link = status.links.first { $0.role == "parent" }
            return (status, "\(node.path): \(status.records) records, parent \(link?.state ?? "-"), backlog \(link.map { "\($0.backlog)" } ?? "-")")
        } until: { done($0) }
    }

    /// Writes rows to two files and imports both through the command line.
    func importRows(first: Int, count: Int) async throws {
        for file in try writeFiles(first: first, count: count) {
            let report = try await street.importFile(file.path, item: file.item, actor: Self.actor)
            guard report.effective == file.rows else { throw BenchFailure(what: "\(file.path): \(report.effective) of \(file.rows) rows became effective") }
        }
    }

    func writeFiles(first: Int, count: Int) throws -> [(item: String, path: String, rows: Int)] {
        var handles: [FileHandle] = []
        let paths = SampleTable.allCases.map { "\(troupe.directory)/rows-\(first)-\($0.item).csv" }
        for path in paths {
            guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
                throw BenchFailure(what: "cannot write \(path)")
            }
            handles.append(handle)
        }
        defer { for handle in handles { try? handle.close() } }
        var rows = SampleRows(street: Self.number, kind: .mixed, first: first)
        let counts = try rows.write(count, permits: handles[0].fileDescriptor, penalties: handles[1].fileDescriptor)
        return [("permit", paths[0], counts.permits), ("penalty", paths[1], counts.penalties)]
    }

    /// How long a number of rows may take at worst.
    static func patience(_ rows: Int) -> Duration { .seconds(60 + rows / 200) }
}

struct BenchFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
