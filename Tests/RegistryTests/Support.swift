import Registry

/// Small generator with a printed seed, so that a failure can be run again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

func day(_ y: Int, _ m: Int, _ d: Int) -> CivilDate { CivilDate(year: y, month: m, day: d) ?? .forever }

let today = day(2024, 6, 1)

/// Synthetic citizen's number for a birth date, with its check computed the long way (GB 11643 weights).
func citizen(_ year: Int, _ month: Int, _ day: Int, sequence: Int = 1, address: String = "000000") -> String {
    func pad(_ n: Int, _ width: Int) -> String { String(repeating: "0", count: width - String(n).count) + String(n) }
    let body = address + pad(year, 4) + pad(month, 2) + pad(day, 2) + pad(sequence, 3)
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
    return body + String(Array("10X98765432")[sum % 11])
}

/// Unified code with its check computed the long way (GB 32100 weights).
func uscc(_ body: String) -> String {
    let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    let sum = zip(body, weights).reduce(0) { $0 + (alphabet.firstIndex(of: $1.0) ?? 0) * $1.1 }
    return body + String(alphabet[(31 - sum % 31) % 31])
}

let organ = "11000000TEXT00017D"
let company = "91000000TEXT000250"
let trader = "92000000TEXT000172"

/// Good rows as code → cell; synthetic subjects only.
func goodRow(_ item: String) -> [String: String] {
    item == "permit"
        ? ["XK_XDR_MC": "测试（虚构）有限公司", "XK_XDR_LB": "法人及非法人组织", "XK_XDR_SHXYM": company, "XK_FRDB": "张三",
           "XK_XKWS": "准予许可决定书", "XK_WSH": "测许〔2023〕12号", "XK_XKLB": "普通", "XK_XKBH": "JY1420", "XK_NR": "食品经营许可，长期有效。",
           "XK_JDRQ": "2023/05/12", "XK_YXQZ": "2023/05/12", "XK_YXQZI": "2099/12/31", "XK_XKJG": "某某局", "XK_XKJGDM": organ,
           "XK_ZT": "1", "XK_LYDW": "某某局", "XK_LYDWDM": organ]
        : ["CF_XDR_MC": "测试（虚构）有限公司", "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": company, "CF_FRDB": "张三",
           "CF_WSH": "测罚〔2023〕12号", "CF_WFXW": "超范围经营", "CF_SY": "经查，当事人超范围经营。", "CF_YJ": "某某条例第一条", "CF_CFLB": "罚款",
           "CF_NR": "罚款贰仟元", "CF_NR_FK": "0.2", "CF_JDRQ": "2023/05/12", "CF_YXQ": "2099/12/31", "CF_CFJG": "某某局", "CF_CFJGDM": organ,
           "CF_SJLY": "某某局", "CF_SJLYDM": organ]
}

/// A good row of a natural person.
func personRow(_ item: String, number: String = citizen(1990, 1, 1)) -> [String: String] {
    let p = item == "permit" ? "XK_" : "CF_"
    var row = goodRow(item)
    row[p + "XDR_MC"] = "李四"
    row[p + "XDR_LB"] = "自然人"
    row[p + "XDR_SHXYM"] = ""
    row[p + "FRDB"] = ""
    row[p + "XDR_ZJLX"] = "身份证"
    row[p + "XDR_ZJHM"] = number
    return row
}

func standardItem(_ code: String) -> CatalogueItem {
    guard let item = Catalogue.standard.item(code: code) else { preconditionFailure("no item \(code)") }
    return item
}

func validate(_ item: String, _ row: [String: String], today: CivilDate = today, unit: CreditCode? = CreditCode(organ))
    -> (record: ValidRecord?, problems: [RowProblem]) {
    let item = standardItem(item)
    let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: unit)
    return validator.validate(row: 1, cells: item.fields.map { row[$0.code] ?? "" })
}
