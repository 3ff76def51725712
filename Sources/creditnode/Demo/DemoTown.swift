import NodeRuntime
import Samples
import Stage

/// A street of the demo with the line to its district.
struct DemoStreet: Sendable {
    let node: StagedNode
    let line: Line
    /// Number in sample rows.
    let number: Int
    let title: String
    let unit: SampleUnit

    var actor: ActorOptions { ActorOptions(unit: unit.code, operator: "经办甲", reviewer: "审核乙") }
}

/// The four nodes, all serving.
struct DemoTown: Sendable {
    let city: StagedNode
    let district: StagedNode
    let streets: [DemoStreet]

    var nodes: [StagedNode] { [city, district] + streets.map(\.node) }
    /// The street whose line is cut.
    var away: DemoStreet { streets[0] }
    var other: DemoStreet { streets[1] }

    /// On behalf of the office that keeps the list.
    static var office: ActorOptions { ActorOptions(unit: SampleUnit.cityCreditOffice.code, operator: "经办丙", reviewer: "审核丁") }

    static func title(_ path: String) -> String {
        switch path {
        case "wuhan": "市 wuhan"
        case "wuhan/wuchang": "区 wuchang"
        default: "街 \(path.split(separator: "/").last ?? "")"
        }
    }

    /// Puts all of it up through the real commands: init, serve, invite, join.
    static func build(_ troupe: Troupe, executable: String, _ screen: DemoScreen) async throws -> DemoTown {
        let city = StagedNode(path: "wuhan", executable: executable, troupe: troupe)
        try await city.perform(["init", "--path", city.path])
        try await city.serve()
        screen.say("市级节点 wuhan 已建立并运行，监听 \(city.addresses?.listen ?? "")。", "The city's node is up.")
        let district = StagedNode(path: "wuhan/wuchang", executable: executable, troupe: troupe)
        try await enrol(district, at: city, address: nil)
        try await district.serve()
        screen.say("市邀请区：wuhan/wuchang 凭一次性令牌加入。", "The city invited the district; it joined with a one-time token.")
        var streets: [DemoStreet] = []
        for (index, name) in [("jiyuqiao", "积玉桥"), ("zhonghualu", "中华路")].enumerated() {
            let node = StagedNode(path: "wuhan/wuchang/\(name.0)", executable: executable, troupe: troupe)
            let listen = district.addresses?.listen ?? ""
            let port = listen.split(separator: ":").last.flatMap { Int($0) } ?? 0
            let line = try await Line.start(to: "127.0.0.1", port: port)
            try await enrol(node, at: district, address: "127.0.0.1:\(line.port)")
            try await node.serve()
            streets.append(DemoStreet(node: node, line: line, number: index + 1, title: name.1, unit: .streetOffice(index + 1)))
            screen.say("街道 \(name.1)（\(node.path)）加入；它的线路经过演示程序，可随时剪断。", "Street \(name.0) joined; its line runs through this program and can be cut.")
        }
        let town = DemoTown(city: city, district: district, streets: streets)
        _ = try await wait(for: "全部线路接通 / all lines up", within: .seconds(30)) {
            let states = try await town.facts()
            return (states, DemoFacts.words(states))
        } until: { $0.allSatisfy { $0.link == "connected" || $0.path == city.path } }
        screen.say("四个独立进程，线路全部接通，双向 TLS 1.3。", "Four processes of their own; all lines are up, mutual TLS 1.3.")
        return town
    }

    private static func enrol(_ child: StagedNode, at parent: StagedNode, address: String?) async throws {
        let invitation = try await parent.run(["invite", child.path] + (address.map { ["--address", $0] } ?? []), as: InviteCommand.Response.self)
        try await child.perform(["join", invitation.token])
    }

    /// Where every node stands now, in the order of ``nodes``.
    func facts() async throws -> [DemoFacts] {
        var facts: [DemoFacts] = []
        for node in nodes { facts.append(DemoFacts(try await node.ask(StatusCommand()))) }
        return facts
    }
}

/// The part of a node's status the demo looks at.
struct DemoFacts: Sendable {
    let path: String
    let records: Int
    let changes: Int
    /// State of the line to the parent; empty at the root.
    let link: String
    /// Changes not yet durable at the parent.
    let backlog: Int
    let lagMs: Int
    let waiting: Int
    let edition: UInt64?
    let entries: Int
    let removed: Int

    init(_ status: StatusReport) {
        path = status.path
        records = status.records
        changes = status.changes
        let parent = status.links.first { $0.role == "parent" }
        link = parent?.state ?? ""
        backlog = parent.map { $0.backlog.relief + $0.backlog.ordinary } ?? 0
        lagMs = parent?.lagMs ?? 0
        waiting = status.waiting + status.quarantined
        let list = status.lists.first { $0.code == DemoStory.list }
        edition = list?.edition
        entries = list?.entries ?? 0
        removed = list?.removed ?? 0
    }

    /// For the message of a wait that was in vain.
    static func words(_ facts: [DemoFacts]) -> String {
        facts.map {
            "\($0.path): \($0.records) records, backlog \($0.backlog), \($0.link.isEmpty ? "root" : $0.link), list edition \($0.edition ?? 0) with \($0.entries)"
        }.joined(separator: "; ")
    }
}
