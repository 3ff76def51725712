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
        try await town.connected()
        return town
    }

    /// Serves street and district anew: over the counting lines, or each straight to its parent, so that no relay stands in
    /// a row's way. Their peaks of memory begin anew as well.
    func reconnect(direct: Bool) async throws {
        for node in [street, district] { try await node.stop() }
        try await district.serve(parent: direct ? city.addresses?.listen : upper.address)
        lower.lead(to: district.listenPort)
        try await street.serve(parent: direct ? district.addresses?.listen : lower.address)
        try await connected()
    }

    private func connected() async throws {
        for node in [district, street] {
            _ = try await status(of: node, "\(node.path) connected", within: .seconds(30)) { status in
                status.catalogue != nil && status.links.contains { $0.role == "parent" && $0.state == "connected" }
            }
        }
    }

    private static func below(_ parent: StagedNode, _ path: String, _ troupe: Troupe) async throws -> (StagedNode, Line) {
        let line = try await Line.start(to: "127.0.0.1", port: parent.listenPort)
        let invitation = try await parent.run(["invite", path, "--address", line.address], as: InviteCommand.Response.self)
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
    func importRows(first: Int, count: Int) async throws { try await importFiles(try writeFiles(first: first, count: count)) }

    func importFiles(_ files: [(item: String, path: String, rows: Int)]) async throws {
        for file in files {
            let report = try await street.importFile(file.path, item: file.item, actor: Self.actor)
            guard report.effective == file.rows else { throw BenchFailure(what: "\(file.path): \(report.effective) of \(file.rows) rows became effective") }
        }
    }

    func writeFiles(first: Int, count: Int) throws -> [(item: String, path: String, rows: Int)] {
        try SampleTable.write(street: Self.number, first: first, count: count, into: troupe.directory)
    }

    /// How long a number of rows may take at worst.
    static func patience(_ rows: Int) -> Duration { .seconds(60 + rows / 200) }
}

extension SampleTable {
    /// Writes mixed rows to two files, one a table.
    static func write(street: Int = BenchTown.number, first: Int, count: Int, into directory: String) throws -> [(item: String, path: String, rows: Int)] {
        var handles: [FileHandle] = []
        let paths = allCases.map { "\(directory)/rows-\(first)-\($0.item).csv" }
        for path in paths {
            guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
                throw BenchFailure(what: "cannot write \(path)")
            }
            handles.append(handle)
        }
        defer { for handle in handles { try? handle.close() } }
        var rows = SampleRows(street: street, kind: .mixed, first: first)
        let counts = try rows.write(count, permits: handles[0].fileDescriptor, penalties: handles[1].fileDescriptor)
        return [("permit", paths[0], counts.permits), ("penalty", paths[1], counts.penalties)]
    }
}
