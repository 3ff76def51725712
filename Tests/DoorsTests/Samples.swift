import Foundation

@testable import NodeRuntime

/// Values as a busy district would show them.
enum Samples {
    static func decode<Value: Decodable>(_ json: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    static func link(_ role: String, _ peer: String, _ state: String, silent: Int?, relief: Int = 0, ordinary: Int = 0, lag: Int = 0, error: String? = nil) -> StatusReport.Link {
        StatusReport.Link(
            role: role, peer: peer, state: state, address: role == "parent" ? "10.8.0.1:7440" : nil, lastContact: silent == nil ? nil : "2026-11-21T17:40:12.300+08:00",
            silentMs: silent, backlog: .init(relief: relief, ordinary: ordinary), lagMs: lag, lastError: error)
    }

    static let lists = [
        ListSummary(
            code: "serious-tax", id: "1", title: "重大税收违法失信主体名单", basis: "国家税务总局令第54号", authority: "11420106MB0000001X", issuer: "wuhan", edition: 42,
            entries: 1318, staged: 0, removed: 57, issuedAt: "2026-11-21T08:00:00+08:00", validUntil: "2026-11-28T08:00:00+08:00", freshness: "fresh"),
        ListSummary(
            code: "food-safety", id: "2", title: "食品安全严重违法生产经营者名单", basis: "市场监管总局令第44号", authority: "11420106MB0000002X", issuer: "wuhan", edition: 7,
            entries: 86, staged: 3, removed: 12, issuedAt: "2026-10-02T08:00:00+08:00", validUntil: "2026-11-01T08:00:00+08:00", freshness: "stale"),
        ListSummary(
            code: "red-2026", id: "3", title: "诚信示范主体", basis: "武汉市社会信用条例", authority: "11420106MB0000003X", issuer: "wuhan/wuchang", edition: nil,
            entries: 0, staged: 24, removed: 0, issuedAt: nil, validUntil: nil, freshness: "unpublished"),
    ]

    static func status(path: String = "wuhan/wuchang", children: Int = 7, calm: Bool = false) -> StatusReport {
        let names = ["jiyuqiao", "yangyuan", "xujiapeng", "liangdao", "zhonghualu", "huanghelou", "ziyang", "baishazhou", "shouyilu", "zhongnanlu", "shuiguohu", "luojiashan"]
        var links: [StatusReport.Link] = []
        if path.contains("/") { links.append(link("parent", path.split(separator: "/").dropLast().joined(separator: "/"), "connected", silent: 0, ordinary: 12, lag: 900)) }
        for index in 0..<children {
            let peer = path + "/" + (index < names.count ? names[index] : "office\(index)")
            let child: StatusReport.Link = switch calm ? 0 : index {
            case 1: link("child", peer, "synchronising", silent: 120, ordinary: 18_240, lag: 5_400_000)
            case 3: link("child", peer, "cut", silent: 5_600_000_000 / 1000, relief: 2, ordinary: 340, lag: 5_600_000, error: "connection reset <by> peer & timed out")
            case 4: link("child", peer, "never", silent: nil)
            case 5: link("child", peer, "waiting", silent: 95_000, ordinary: 4, lag: 95_000)
            default: link("child", peer, "connected", silent: 0)
            }
            links.append(child)
        }
        let counts = [("jiyuqiao", "permit", "effective", 18_204), ("jiyuqiao", "penalty", "effective", 942), ("yangyuan", "permit", "effective", 9_310), ("yangyuan", "penalty", "draft", 17)]
        var report = StatusReport(
            asOf: "2026-11-21T18:04:05+08:00", path: path, incarnation: "7f3ac09e51d24b8e", suite: "ed25519-sha256", tier: path.split(separator: "/").count, serving: true, software: "creditnode 0.1.0",
            listen: "0.0.0.0:7440", statusPage: "127.0.0.1:7480", startedAt: "2026-11-20T08:30:00+08:00", changeSets: 1_204, changes: 486_310, records: 28_473, waiting: 3,
            quarantined: calm ? 0 : 1, catalogue: 1, links: links, lists: lists, counts: counts.map { .init(home: "\(path)/\($0.0)", item: $0.1, validity: $0.2, count: $0.3) },
            warnings: calm ? [] : [
                "\(path)/liangdao：已 1 小时 33 分无联系，2 条救济变更待传 / silent for 93 min with 2 relief changes waiting",
                "名单 food-safety 的时效声明已过期 / the freshness statement of food-safety has expired",
            ], tree: SampleTree.around(path, links, calm: calm))
        if !calm { report.passing = passing }
        return report
    }

    static let passing = PassingWork(
        filings: 14, open: 2, forks: 2, heldBack: 1,
        filingLines: [
            filing("ZHONGHUALU-20261119-7F3A", "objection", "unmatched", day: 19, home: nil), filing("YANGYUAN-20261120-09C1", "objection", "ambiguous", day: 20, home: nil),
            filing("JIYUQIAO-20261118-51D2", "repair", "approved", day: 18, home: "wuhan/hanyang/qinduankou"), filing("（2026）鄂01行初1号", "litigation-mark", "taken", day: 17, home: "wuhan/hanyang/yuehu"),
        ],
        forkLines: [
            .init(replica: "wuhan/wuchang/xujiapeng#1f2e3d4c5b6a79880123456789abcdef", state: "held-back", through: 18_204, waiting: 12, kept: 3, rulings: []),
            .init(replica: "wuhan/wuchang/ziyang#aa2e3d4c5b6a79880123456789abcdef", state: "goes-on", through: 942, waiting: 0, kept: 41, rulings: []),
        ])

    static func filing(_ receipt: String, _ act: String, _ state: String, day: Int, home: String?) -> FilingsCommand.Line {
        FilingsCommand.Line(
            filing: "f", act: act, receipt: receipt, takenAt: "wuhan/wuchang/zhonghualu", capturedAt: "2026-11-\(day)T09:12:44+08:00", authority: "11420106MB0000001X", naturalKey: "9f3a", state: state,
            waitsFor: nil, records: [],
            answers: home.map { [.init(by: "wuhan", state: state, home: $0, unit: nil, repliedOn: nil, document: nil, reason: nil)] } ?? [])
    }

    static let lookup = """
        {"subject":"91420106MA4KXXXX0A","receipt":"CX-7f3a-000183","answeredAt":"2026-11-21T17:55:01+08:00","node":"wuhan/wuchang",
        "recordsHeld":{"permit":4,"penalty":1},"lastContact":"2026-11-21T17:54:58+08:00","lists":[
        {"list":"serious-tax","title":"重大税收违法失信主体名单","answer":"on-the-list","edition":42,"asOf":"2026-11-21T08:00:00+08:00","validUntil":"2026-11-28T08:00:00+08:00",
        "competentAuthority":"11420106MB0000001X","basis":"国家税务总局令第54号","hits":[{"entry":"e","name":"某贸易有限公司","document":"鄂税稽罚〔2026〕12号","authority":"武汉市税务局",
        "since":"2026-03-01","marks":["disputed"]}]},
        {"list":"food-safety","title":"食品名单","answer":"too-stale-to-say","hits":[],"edition":7,"asOf":"2026-10-02T08:00:00+08:00","competentAuthority":"X","basis":"B"}]}
        """
}
