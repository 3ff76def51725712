import Foundation
import NodeRuntime
import Stage

/// Many streets below one district below one city, each a process. All streets dial the district through one line that counts.
struct GatherTown: Sendable {
    let city: StagedNode
    let district: StagedNode
    let streets: [StagedNode]
    let line: Line

    /// - Throws: ``BenchFailure`` when memory does not suffice for so many processes.
    static func build(streets count: Int, _ run: BenchRun) async throws -> GatherTown {
        try checkMemory(count)
        run.note("\(count) streets join …")
        let city = StagedNode(path: "bench", executable: run.program, troupe: run.troupe)
        try await city.perform(["init", "--path", city.path])
        try await city.serve()
        let district = StagedNode(path: "bench/d", executable: run.program, troupe: run.troupe)
        try await join(district, below: city, at: city.addresses?.listen ?? "")
        try await district.serve()
        let line = try await Line.start(port: district.listenPort)
        let streets = (0..<count).map { StagedNode(path: "bench/d/s\($0)", executable: run.program, troupe: run.troupe) }
        try await forEach(streets, atOnce: 4) { try await join($0, below: district, at: line.address) }
        try await forEach(streets, atOnce: 4) { try await $0.serve() }
        let town = GatherTown(city: city, district: district, streets: streets, line: line)
        try await forEach(streets, atOnce: 4) { street in
            _ = try await wait(for: "\(street.path) has the catalogue", within: .seconds(120)) {
                (try await street.ask(StatusCommand()).catalogue, "no catalogue")
            } until: { $0 != nil }
        }
        _ = try await town.linked(within: .seconds(120))
        return town
    }

    /// In this process: starting one for each would take most of the time.
    private static func join(_ node: StagedNode, below parent: StagedNode, at address: String) async throws {
        let invited = try await parent.ask(InviteCommand(path: node.path, address: address))
        _ = try await NodeHome.join(home: node.home, token: invited.token)
    }

    /// Waits until all streets' lines and the district's own are open.
    ///
    /// - Returns: the moment.
    func linked(within length: Duration, pause: Duration = .milliseconds(50)) async throws -> ContinuousClock.Instant {
        let count = streets.count
        _ = try await wait(for: "\(count) streets linked", within: length, pause: pause) {
            let links = try await district.ask(StatusCommand()).links
            return (links.filter { $0.state == "connected" }.count, "\(links.filter { $0.state == "connected" }.count) links")
        } until: { $0 == count + 1 }
        return .now
    }

    /// Waits until the city holds so many records; it is not asked, its file is read.
    func gathered(_ records: Int, within length: Duration) async throws -> ContinuousClock.Instant {
        try await OutsideView.records(of: city.home).reaches(records, "\(records) records at the city", within: length)
    }

    /// CPU and memory of every process now.
    func figures() throws -> TierFigures {
        TierFigures(city: try city.figures(), district: try district.figures(), streets: try streets.map { try $0.figures() })
    }

    /// Memory of all streets together, MiB, the program's own pages counted once.
    var streetsMiB: Double { streets.compactMap(\.processNumber).map { ProcessFigures.proportionalMiB(pid: $0) }.reduce(0, +) }

    /// - Throws: ``BenchFailure`` when so many processes would not fit.
    private static func checkMemory(_ count: Int) throws {
        let text = String(decoding: FileManager.default.contents(atPath: "/proc/meminfo") ?? Data(), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ") ?? []
        let available = line.count > 1 ? (Int(line[1]) ?? 0) / 1024 : 0, needed = 1024 + count * 45
        guard available >= needed else {
            throw BenchFailure(
                what: "\(count) 个街道进程约需 \(needed) MiB 内存，可用 \(available)；用 --streets 减少 / \(count) streets as processes need about \(needed) MiB, \(available) are free; ask for fewer with --streets")
        }
    }
}

/// What the processes of a town have used.
struct TierFigures: Sendable {
    let city: ProcessFigures
    let district: ProcessFigures
    let streets: [ProcessFigures]

    /// CPU seconds since `earlier`: city, district, all streets together.
    func cpu(since earlier: TierFigures) -> (city: Double, district: Double, streets: Double) {
        (city.cpuSeconds - earlier.city.cpuSeconds, district.cpuSeconds - earlier.district.cpuSeconds,
         streets.map(\.cpuSeconds).reduce(0, +) - earlier.streets.map(\.cpuSeconds).reduce(0, +))
    }

    var peaks: [String: Double] {
        ["city MiB": city.peakMiB, "district MiB": district.peakMiB, "street MiB": streets.map(\.peakMiB).max() ?? 0]
    }
}
