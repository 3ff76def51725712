import Registry
import Replication

/// Who acts in the conversations: the same nodes, units and subjects in all of them. All of it is synthetic.
enum Cast {
    /// Short name of each node, in the order in which the world is told.
    static let nodes = ["wuhan", "wuchang", "jiyuqiao", "zhonghualu"]

    static func path(_ node: String) -> String? {
        switch node {
        case "wuhan": "wuhan"
        case "wuchang": "wuhan/wuchang"
        case "jiyuqiao", "zhonghualu": "wuhan/wuchang/" + node
        default: nil
        }
    }

    struct Body: Sendable {
        let name: String
        let code: String
        let kind: UnitKind
        let division: String
        /// The first is its home.
        let nodes: [String]
    }

    static let units = [
        Body(name: "市信用办", code: "11000000TEXT00101F", kind: .creditOffice, division: "420100", nodes: ["wuhan"]),
        Body(name: "市市监局", code: "11000000TEXT001085", kind: .organ, division: "420100", nodes: ["wuhan"]),
        Body(name: "市城管委", code: "11000000TEXT00106Y", kind: .organ, division: "420100", nodes: ["wuhan"]),
        Body(name: "区信用办", code: "11000000TEXT00102J", kind: .creditOffice, division: "420106", nodes: ["wuchang"]),
        // One bureau with a post at the district and one at each street.
        Body(name: "区市监局", code: "11000000TEXT00103M", kind: .organ, division: "420106", nodes: ["wuchang", "jiyuqiao", "zhonghualu"]),
        Body(name: "区工商局", code: "11000000TEXT001072", kind: .organ, division: "420106", nodes: ["wuchang", "jiyuqiao"]),
        Body(name: "积玉桥街道办", code: "11000000TEXT00104Q", kind: .street, division: "420106", nodes: ["jiyuqiao"]),
        Body(name: "中华路街道办", code: "11000000TEXT00105U", kind: .street, division: "420106", nodes: ["zhonghualu"]),
    ]

    static let subjects = ["甲公司": "91000000TEXT00201W", "乙公司": "91000000TEXT002020", "丙公司": "91000000TEXT002033", "甲集团": "91000000TEXT002046"]

    static func unit(_ name: String) -> Body? { units.first { $0.name == name } }
    static func unit(code: String) -> String { units.first { $0.code == code }?.name ?? code }

    static func subject(_ key: SubjectKey) -> String {
        switch key {
        case .organisation(let code): subjects.first { $0.value == code.text }?.key ?? code.text
        case .unregistered, .person, .listed: key.lookupText
        }
    }

    static func subject(_ name: String) -> SubjectKey? { subjects[name].flatMap { CreditCode($0) }.map { .organisation($0) } }

    /// Everybody who acts does it with a second person, and both are nobody.
    static func actor(_ unit: String, alone: Bool = false) -> Actor? {
        self.unit(unit).map { Actor(unit: $0.code, operator: "经办甲", reviewer: alone ? nil : "审核乙") }
    }

    static func registry(_ number: UInt64 = 1, successions: [Succession] = []) -> UnitRegistry {
        UnitRegistry(
            number: number, title: "单位登记册",
            units: units.compactMap { body in
                guard let code = CreditCode(body.code) else { return nil }
                let paths = body.nodes.compactMap { path($0).flatMap { NodePath($0) } }
                var roles: [UnitRole] = body.kind == .creditOffice ? [.provider, .creditOffice, .objections, .archive] : [.provider, .objections, .measureUser]
                if body.name == "市信用办" { roles.append(.baseRegister) }
                return UnitEntry(
                    code: code, name: body.name, kind: body.kind, division: body.division, nodes: paths, tier: UInt32(paths[0].depth),
                    listingPower: paths[0].depth < 3, roles: roles)
            }, successions: successions)
    }

    /// What a form holds beside what the minutes say: the cells of a row by field code.
    static func form(_ item: String, document: String, subject: String, authority: Body, source: Body) -> [String: String]? {
        guard let code = subjects[subject] else { return nil }
        switch item {
        case "penalty":
            return [
                "CF_XDR_MC": subject, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": code, "CF_FRDB": "测试人", "CF_WSH": document, "CF_WFXW": "未按规定公示",
                "CF_SY": "经查，该单位未按规定公示信息。", "CF_YJ": "《测试条例》第十条", "CF_CFLB": "罚款", "CF_NR": "罚款2000元", "CF_NR_FK": "0.2", "CF_JDRQ": "2026/07/01",
                "CF_YXQ": "2027/07/01", "CF_GSJZQ": "2027/07/01", "CF_CFJG": authority.name, "CF_CFJGDM": authority.code, "CF_SJLY": source.name, "CF_SJLYDM": source.code,
                "CF_SXYZCD": "一般", "CF_CFCX": "普通程序",
            ]
        case "honour":
            return [
                "RY_ZT_MC": subject, "RY_ZT_LB": "法人及非法人组织", "RY_ZT_DM": code, "RY_MC": "诚信经营示范单位", "RY_JB": "县级", "RY_WH": document, "RY_RQ": "2026/07/01",
                "RY_YXQZ": "2028/07/01", "RY_DW": authority.name, "RY_DWDM": authority.code,
            ]
        case "commitment":
            return [
                "CN_ZT_MC": subject, "CN_ZT_LB": "法人及非法人组织", "CN_ZT_DM": code, "CN_LX": "审批替代型", "CN_SY": document, "CN_RQ": "2026/07/01", "CN_QX": "2026/12/31",
                "CN_LYZT": "履约中", "CN_SLDW": authority.name, "CN_SLDWDM": authority.code,
            ]
        default: return nil
        }
    }
}
