/// The two publicity tables as text, and the reader of that text.
///
/// Origin: field codes, names and order of 发改办财金〔2018〕424号; lengths, the “required” column and the state
/// values are to be confirmed by the credit office. Categories of penalty: 行政处罚法 (2021) article 9, with the
/// names of the 2018 text.
///
/// A line: number | code | name | other headings | type | characters | required | handling, and where needed | flags:
/// m = material (part of the decision itself), c = with written consent only, r = never published.
/// Required is Y, N or C with the raw value of ``Condition``. Handling: plain, code, code0 (placeholder allowed),
/// document, personal, drop, list:a/b, lists:a/b (several).
enum StandardTable {
    static let permit = """
        1|XK_XDR_MC|行政相对人名称||text|200|Y|plain
        2|XK_XDR_LB|行政相对人类别||text|16|Y|list:法人及非法人组织/自然人/个体工商户
        3|XK_XDR_SHXYM|行政相对人代码_1(统一社会信用代码)|统一社会信用代码,行政相对人代码_1,行政相对人统一社会信用代码|text|18|C2|code0
        4|XK_XDR_GSZC|行政相对人代码_2(工商注册号)|工商注册号,行政相对人代码_2|text|50|N|plain
        5|XK_XDR_ZZJG|行政相对人代码_3(组织机构代码)|组织机构代码,行政相对人代码_3|text|9|N|plain
        6|XK_XDR_SWDJ|行政相对人代码_4(税务登记号)|税务登记号,行政相对人代码_4|text|15|N|plain
        7|XK_XDR_SYDW|行政相对人代码_5(事业单位证书号)|事业单位证书号,行政相对人代码_5|text|12|N|plain
        8|XK_XDR_SHZZ|行政相对人代码_6(社会组织登记证号)|社会组织登记证号,行政相对人代码_6|text|50|N|plain
        9|XK_FRDB|法定代表人|法定代表人姓名|text|50|C1|plain
        10|XK_FR_ZJLX|法定代表人证件类型||text|64|N|drop
        11|XK_FR_ZJHM|法定代表人证件号码|XK_FR_SFZH,法定代表人身份证号|text|64|N|drop
        12|XK_XDR_ZJLX|证件类型|自然人证件类型,行政相对人证件类型|text|64|C3|list:身份证/护照/港澳居民来往内地通行证/台湾居民来往大陆通行证/外国人永久居留身份证
        13|XK_XDR_ZJHM|证件号码|自然人证件号码,行政相对人证件号码|text|64|C3|personal
        14|XK_XKWS|行政许可决定文书名称||text|64|Y|plain
        15|XK_WSH|行政许可决定文书号|行政许可决定书文号,行政许可决定文书文号|text|64|Y|document
        16|XK_XKLB|许可类别|行政许可类别|text|256|Y|lists:普通/特许/认可/核准/登记/其他|m
        17|XK_XKZS|许可证书名称||text|64|N|plain
        18|XK_XKBH|许可编号||text|64|N|plain
        19|XK_NR|许可内容||text|4000|Y|plain|m
        20|XK_JDRQ|许可决定日期|行政许可决定日期|date|10|Y|plain
        21|XK_YXQZ|有效期自|有效期起|date|10|Y|plain
        22|XK_YXQZI|有效期至|有效期止,XK_YXQZZ|date|10|Y|plain
        23|XK_XKJG|许可机关||text|200|Y|plain
        24|XK_XKJGDM|许可机关统一社会信用代码|许可机关代码|text|18|Y|code
        25|XK_ZT|当前状态||text|1|Y|list:1/2
        26|XK_LYDW|数据来源单位||text|200|Y|plain
        27|XK_LYDWDM|数据来源单位统一社会信用代码|数据来源单位代码|text|18|Y|code
        28|BZ|备注||text|4000|N|plain
        """

    /// 101 and 102 are local columns, outside the national table: the class decides the period of publication, the
    /// procedure whether it is collected at all.
    static let penalty = """
        1|CF_XDR_MC|行政相对人名称||text|200|Y|plain
        2|CF_XDR_LB|行政相对人类别||text|16|Y|list:法人及非法人组织/自然人/个体工商户
        3|CF_XDR_SHXYM|行政相对人代码_1(统一社会信用代码)|统一社会信用代码,行政相对人代码_1,行政相对人统一社会信用代码|text|18|C2|code0
        4|CF_XDR_GSZC|行政相对人代码_2(工商注册号)|工商注册号,行政相对人代码_2|text|50|N|plain
        5|CF_XDR_ZZJG|行政相对人代码_3(组织机构代码)|组织机构代码,行政相对人代码_3|text|9|N|plain
        6|CF_XDR_SWDJ|行政相对人代码_4(税务登记号)|税务登记号,行政相对人代码_4|text|15|N|plain
        7|CF_XDR_SYDW|行政相对人代码_5(事业单位证书号)|事业单位证书号,行政相对人代码_5|text|12|N|plain
        8|CF_XDR_SHZZ|行政相对人代码_6(社会组织登记证号)|社会组织登记证号,行政相对人代码_6|text|50|N|plain
        9|CF_FRDB|法定代表人|法定代表人姓名|text|50|C1|plain
        10|CF_FR_ZJLX|法定代表人证件类型||text|64|N|drop
        11|CF_FR_ZJHM|法定代表人证件号码|CF_FR_SFZH,法定代表人身份证号|text|64|N|drop
        12|CF_XDR_ZJLX|证件类型|自然人证件类型,行政相对人证件类型|text|64|C3|list:身份证/护照/港澳居民来往内地通行证/台湾居民来往大陆通行证/外国人永久居留身份证
        13|CF_XDR_ZJHM|证件号码|自然人证件号码,行政相对人证件号码|text|64|C3|personal
        14|CF_WSH|行政处罚决定书文号|行政处罚决定文书号|text|64|Y|document
        15|CF_WFXW|违法行为类型||text|2000|Y|plain
        16|CF_SY|违法事实||text|5000|Y|plain
        17|CF_YJ|处罚依据||text|2048|Y|plain
        18|CF_CFLB|处罚类别|行政处罚类别|text|100|Y|lists:警告/通报批评/罚款/没收违法所得/没收非法财物/暂扣许可证件/降低资质等级/吊销许可证件/限制开展生产经营活动/责令停产停业/责令关闭/限制从业/行政拘留/暂扣或者吊销许可证/暂扣或者吊销执照/其他
        19|CF_NR|处罚内容||text|4000|Y|plain|m
        20|CF_NR_FK|罚款金额（万元）|罚款金额|amount|19|C4|plain
        21|CF_NR_WFFF|没收违法所得、没收非法财物的金额（万元）|没收违法所得、没收非法财物的金额,没收金额|amount|19|C5|plain
        22|CF_NR_ZKDX|暂扣或吊销证照名称及编号||text|200|C6|plain|m
        23|CF_JDRQ|处罚决定日期|行政处罚决定日期|date|10|Y|plain
        24|CF_YXQ|处罚有效期|处罚有效期至|date|10|Y|plain
        25|CF_GSJZQ|公示截止期||date|10|N|plain
        26|CF_CFJG|处罚机关||text|200|Y|plain
        27|CF_CFJGDM|处罚机关统一社会信用代码|处罚机关代码|text|18|Y|code
        28|CF_SJLY|数据来源单位||text|200|Y|plain
        29|CF_SJLYDM|数据来源单位统一社会信用代码|数据来源单位代码|text|18|Y|code
        30|BZ|备注||text|4000|N|plain
        101|CF_SXYZCD|失信严重程度||text|2|N|list:轻微/一般/严重
        102|CF_CFCX|处罚程序|行政处罚程序|text|8|N|list:普通程序/快速办理/简易程序
        """

    /// The text is part of the program: a line that cannot be read is a programmer's error.
    static func fields(_ table: String) -> [FieldRule] {
        table.split(separator: "\n").map { line in
            guard let rule = field(line) else { preconditionFailure("shipped table: \(line)") }
            return rule
        }
    }

    private static func field(_ line: Substring) -> FieldRule? {
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 8 || cells.count == 9, let number = UInt32(cells[0]), let length = Int(cells[5]), let requirement = requirement(cells[6]),
              let handling = handling(cells[7]) else { return nil }
        let type: FieldType
        switch cells[4] {
        case "text": type = .text
        case "date": type = .date
        case "amount": type = .amount
        default: return nil
        }
        return FieldRule(number: number, code: cells[1], name: cells[2], aliases: cells[3].split(separator: ",").map(String.init),
                         type: type, maxLength: length, requirement: requirement, handling: handling,
                         withConsent: cells.count == 9 && cells[8].contains("c"), isMaterial: cells.count == 9 && cells[8].contains("m"),
                         isRestricted: cells.count == 9 && cells[8].contains("r"))
    }

    private static func requirement(_ text: String) -> Requirement? {
        switch text {
        case "Y": .required
        case "N": .optional
        default: UInt32(text.dropFirst()).flatMap(Condition.init(rawValue:)).map(Requirement.when)
        }
    }

    private static func handling(_ text: String) -> Handling? {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let values = parts.count == 2 ? parts[1].split(separator: "/").map(String.init) : []
        switch parts.first {
        case "plain": return .plain
        case "code": return .creditCode(placeholderAllowed: false)
        case "code0": return .creditCode(placeholderAllowed: true)
        case "document": return .documentNumber
        case "personal": return .personalNumber
        case "drop": return .doNotCollect
        case "list": return .codeList(values, several: false)
        case "lists": return .codeList(values, several: true)
        default: return nil
        }
    }
}
