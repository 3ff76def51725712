import Foundation
import NodeRuntime
import Stage
import Testing

/// `make soak` asks for the long variants.
let soaking = ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] != nil

extension Federation {
    static let actor = ["--unit", unit, "--operator", "甲", "--reviewer", "乙"]
    static let listed = "91000000TEXT00447Y"

    /// Serves with settings of its own, each `key: value`.
    @discardableResult
    func serve(_ path: String, listen: String? = "127.0.0.1:0", settings: [String]) throws -> ServeAddresses {
        let config = directory.appending(path: "\(path.replacing("/", with: "-")).yaml").path
        try (settings.joined(separator: "\n") + "\n").write(toFile: config, atomically: true, encoding: .utf8)
        return try serve(path, listen: listen, extra: ["--config", config])
    }

    /// A city and, over a line, a district below it; both serve and are connected.
    static func overLine(silence: Int = 35) async throws -> (federation: Federation, line: Line, settings: [String]) {
        let federation = try Federation(), settings = ["reconnect_seconds: 1", "silence_seconds: \(silence)"]
        try federation.initialise()
        try federation.serve(city, settings: settings)
        let line = try await Line.start(port: try federation.port(city))
        let invited = try federation.ask(InviteCommand.Response.self, ["invite", district, "--address", line.address], at: city)
        _ = try federation.ask(InitReport.self, ["join", invited.token], at: district)
        try federation.serve(district, settings: settings)
        try federation.until("the district is linked and has the catalogue") {
            let status = try federation.status(district)
            return try status.catalogue != nil && status.links.first?.state == "connected" && federation.link(district, at: city).state == "connected"
        }
        return (federation, line, settings)
    }

    /// A list of `path` with one entry, published.
    func publishList(_ code: String, at path: String) throws {
        _ = try ask(ListSummary.self, ["list", "create", code, "--title", "严重失信主体名单", "--basis", "测试依据"] + Self.actor, at: path)
        try add("文〔2025〕1号", to: code, at: path)
    }

    func add(_ document: String, to code: String, at path: String) throws {
        _ = try ask(ListSummary.self, ["list", "add", code, "--subject", Self.listed, "--name", "测试企业", "--document", document] + Self.actor, at: path)
        _ = try ask(ListSummary.self, ["list", "publish", code] + Self.actor, at: path)
    }

    func remove(_ document: String, from code: String, at path: String) throws {
        _ = try ask(ListSummary.self, ["list", "remove", code, "--subject", Self.listed, "--document", document, "--reason", "已履行"] + Self.actor, at: path)
    }

    func answer(at path: String) throws -> LookupCommand.Answer? {
        try ask(LookupCommand.Response.self, ["lookup", Self.listed, "--purpose", "测试", "--unit", Self.unit, "--operator", "甲"], at: path).lists.first?.answer
    }

    /// The district's rows stand at the city as they stand at home, and everything verifies.
    func expectEqual(_ rows: Int, of home: String = district, at nodes: [String] = [city], seconds: Double = 90) throws {
        let own = try digest(home, at: home)
        #expect(own.records == rows)
        for node in nodes { try until("\(node) holds the rows of \(home)", seconds: seconds) { try digest(home, at: node).digest == own.digest } }
        for node in nodes + [home] { #expect(try ask(VerifyCommand.Response.self, ["verify"], at: node).faults.isEmpty) }
    }

    struct Footprint { var threads: Int, files: Int, residentMiB: Int }

    /// What a serving process holds of the system now.
    func footprint(_ path: String) throws -> Footprint {
        let pid = try pid(path)
        return Footprint(
            threads: try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").count,
            files: try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count, residentMiB: try residentMiB(path).now)
    }
}
