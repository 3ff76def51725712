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
    /// As the street's old office software writes its files.
    let encoding: DemoEncoding

    var actor: ActorOptions { ActorOptions(unit: unit.code, operator: "经办甲", reviewer: "审核乙") }
}

/// What the cast is to be, before any of it exists.
struct DemoPart: Sendable {
    let path: String
    let title: String
    var suite = "ed25519-sha256"
    var encoding = DemoEncoding.utf8

    static let districts = [DemoPart(path: "wuhan/wuchang", title: "武昌"), DemoPart(path: "wuhan/hongshan", title: "洪山")]
    static let streets = [
        DemoPart(path: "wuhan/wuchang/jiyuqiao", title: "积玉桥"), DemoPart(path: "wuhan/wuchang/zhonghualu", title: "中华路"),
        DemoPart(path: "wuhan/hongshan/luonan", title: "珞南", encoding: .gb18030), DemoPart(path: "wuhan/hongshan/guanshan", title: "关山", suite: "sm2-sm3"),
    ]
}

/// The seven nodes, all serving.
struct DemoTown: Sendable {
    let city: StagedNode
    let districts: [StagedNode]
    let streets: [DemoStreet]

    var nodes: [StagedNode] { [city] + districts + streets.map(\.node) }
    /// The district of the street whose line is cut.
    var district: StagedNode { districts[0] }
    /// The street whose line is cut.
    var away: DemoStreet { streets[0] }
    var other: DemoStreet { streets[1] }
    /// The street whose files are GB18030 and hold bad rows.
    var legacy: DemoStreet { streets[2] }

    /// On behalf of the office that keeps the list.
    static var office: ActorOptions { ActorOptions(unit: SampleUnit.cityCreditOffice.code, operator: "经办丙", reviewer: "审核丁") }

    static func title(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        switch path.split(separator: "/").count {
        case 1: return "市 \(name)"
        case 2: return "区 \(name)"
        default: return "街 \(name)"
        }
    }

    /// Puts all of it up through the real commands: init, serve, invite, join.
    static func build(_ troupe: Troupe, executable: String, _ screen: DemoScreen) async throws -> DemoTown {
        let city = StagedNode(path: "wuhan", executable: executable, troupe: troupe)
        try await city.perform(["init", "--path", city.path])
        try await city.serve()
        screen.say("市级节点 wuhan 已建立并运行，监听 \(city.addresses?.listen ?? "")。", "The city's node is up.")
        var districts: [StagedNode] = [], streets: [DemoStreet] = []
        for part in DemoPart.districts {
            let district = StagedNode(path: part.path, executable: executable, troupe: troupe)
            try await enrol(district, part, at: city, address: nil)
            try await district.serve()
            districts.append(district)
        }
        screen.say("市邀请两个区：\(districts.map(\.path).joined(separator: "、")) 凭一次性令牌加入。", "The city invited two districts; they joined with one-time tokens.")
        for (index, part) in DemoPart.streets.enumerated() {
            guard let district = districts.first(where: { part.path.hasPrefix($0.path + "/") }) else { continue }
            let node = StagedNode(path: part.path, executable: executable, troupe: troupe)
            let port = (district.addresses?.listen ?? "").split(separator: ":").last.flatMap { Int($0) } ?? 0
            let line = try await Line.start(to: "127.0.0.1", port: port)
            try await enrol(node, part, at: district, address: "127.0.0.1:\(line.port)")
            try await node.serve()
            streets.append(DemoStreet(node: node, line: line, number: index + 1, title: part.title, unit: .streetOffice(index + 1), encoding: part.encoding))
        }
        screen.say(
            "四个街道加入：\(DemoPart.streets.map(\.title).joined(separator: "、"))；关山用国密 sm2-sm3 签名，其余用 ed25519，同在一个联合。",
            "Four streets joined; guanshan signs with sm2-sm3, the others with ed25519, in one federation.")
        let town = DemoTown(city: city, districts: districts, streets: streets)
        _ = try await wait(for: "全部线路接通 / all lines up", within: .seconds(30)) {
            let states = try await town.facts()
            return (states, DemoFacts.words(states))
        } until: { $0.allSatisfy { $0.link == "connected" || $0.path == city.path } }
        screen.say("七个独立进程，线路全部接通，双向 TLS 1.3；街道的线路经过演示程序，可随时剪断。", "Seven processes of their own, all lines up, mutual TLS 1.3; the streets' lines run through this program and can be cut.")
        return town
    }

    private static func enrol(_ child: StagedNode, _ part: DemoPart, at parent: StagedNode, address: String?) async throws {
        let invitation = try await parent.run(["invite", child.path] + (address.map { ["--address", $0] } ?? []), as: InviteCommand.Response.self)
        try await child.perform(["join", invitation.token, "--suite", part.suite])
    }

    /// The street whose line is cut, among `facts`.
    func away(in facts: [DemoFacts]) -> DemoFacts? { facts.first { $0.path == away.node.path } }

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
