import Node
import Registry
import Replication

/// Decisions on paper, as clerks copy them: rows of the shipped catalogue, of synthetic subjects and units.
extension World {
    package static let authority = "11000000TEXT00017D"
    package static let company = "91000000TEXT000250"

    /// What is written in the columns of a synthetic decision, by the columns' codes.
    /// - Parameter number: of the document.
    package static func paper(_ item: CatalogueItem, number: String) -> [String: String] {
        var cells: [String: String] = [:]
        for field in item.fields {
            switch field.code {
            case "XK_XDR_MC", "CF_XDR_MC": cells[field.code] = "测试企业"
            case "XK_XDR_LB", "CF_XDR_LB": cells[field.code] = "法人及非法人组织"
            case "XK_XDR_SHXYM", "CF_XDR_SHXYM": cells[field.code] = company
            case "XK_FRDB", "CF_FRDB": cells[field.code] = "测试人"
            case "XK_WSH", "CF_WSH": cells[field.code] = number
            case "XK_XKWS": cells[field.code] = "准予行政许可决定书"
            case "XK_XKLB": cells[field.code] = "普通"
            case "XK_XKZS": cells[field.code] = "食品经营许可证"
            case "XK_XKBH": cells[field.code] = "XK1"
            case "XK_NR": cells[field.code] = "准予从事食品经营活动。"
            case "XK_JDRQ", "XK_YXQZ": cells[field.code] = "2026/03/01"
            case "XK_YXQZI": cells[field.code] = "2029/02/28"
            case "XK_XKJG", "CF_CFJG": cells[field.code] = "测试机关"
            case "XK_XKJGDM", "XK_LYDWDM", "CF_CFJGDM", "CF_SJLYDM": cells[field.code] = authority
            case "XK_LYDW", "CF_SJLY": cells[field.code] = "测试单位"
            case "XK_ZT": cells[field.code] = "1"
            case "CF_WFXW": cells[field.code] = "未按规定公示"
            case "CF_SY": cells[field.code] = "经查，该单位未按规定公示信息。"
            case "CF_YJ": cells[field.code] = "《测试条例》第十条"
            case "CF_CFLB": cells[field.code] = "罚款"
            case "CF_NR": cells[field.code] = "罚款2000元"
            case "CF_NR_FK": cells[field.code] = "0.2"
            case "CF_JDRQ": cells[field.code] = "2026/03/01"
            case "CF_YXQ", "CF_GSJZQ": cells[field.code] = "2027/03/01"
            case "CF_SXYZCD": cells[field.code] = "一般"
            case "CF_CFCX": cells[field.code] = "普通程序"
            default: break
            }
        }
        return cells
    }

    /// Enters one decision at a node, as an import of one row does.
    /// - Parameters:
    ///   - code: of an item of the node's catalogue.
    ///   - values: instead of, or beside, what ``paper(_:number:)`` writes, by the columns' codes.
    ///   - actor: without a reviewer it stays a draft.
    /// - Returns: what became of the row, and the record it is.
    /// - Throws: ``NodeRefusal``; ``WorldProblem`` for a row that does not pass.
    @discardableResult
    package func enter(
        _ code: String, number: String, _ values: [String: String] = [:], at place: String, actor: Actor = World.clerk
    ) throws -> (fate: RowFate, record: Dot?) {
        try enter(code, number: number, values, at: node(place), actor: actor)
    }

    func enter(_ code: String, number: String, _ values: [String: String], at node: Node, actor: Actor) throws -> (fate: RowFate, record: Dot?) {
        let fate = try write(code, number: number, values, at: node, actor: actor)
        switch fate {
        case .differs(let record, _), .revoked(let record), .returned(let record): return (fate, record)
        case .purged, .optedOut: return (fate, nil)
        case .effective, .draft, .unchanged: return (fate, try node.record(documentNumber: number))
        }
    }

    func write(_ code: String, number: String, _ values: [String: String], at node: Node, actor: Actor) throws -> RowFate {
        let current = try node.currentCatalogue()
        guard let item = current.catalogue.item(code: code) else { throw WorldProblem("the catalogue has no item \(code)") }
        var cells = Self.paper(item, number: number)
        cells.merge(values) { $1 }
        let validator = RecordValidator(
            item: item, columns: item.fields.map { .field($0.number) }, today: node.environment.today, unit: CreditCode(actor.unit))
        let result = validator.validate(row: 1, cells: item.fields.map { cells[$0.code] ?? "" })
        guard let row = result.record else { throw WorldProblem("the row does not pass: \(result.problems)") }
        guard let fate = try node.record([row], item: item, edition: current.digest, actor: actor).first else { preconditionFailure("one row has one fate") }
        return fate
    }
}
