import Registry

/// The two tables of 2016, still met in archives and old tools, and where their columns stand in the tables of 2018.
///
/// Origin: the field codes and code lists of the first double-publicity form (2016), as public import tools use them.
/// Not everything has a place: see docs/decisions/0016-files-of-the-2016-table.md.
enum LegacyTable {
    enum Use: Sendable, Hashable {
        case field(String)
        case words(String, [String])
        /// Kept as labelled text in 备注.
        case remark(label: String, [String])
        case state
        case scope
        case dropped
    }

    struct Column: Sendable {
        let code: String
        let names: [String]
        let use: Use
        /// The table of 2018 has no such heading: two of them make a file one of 2016.
        let isMark: Bool
    }

    static let categories = ["普通", "特许", "认可", "核准", "登记", "其他"]
    static let sanctions = ["警告", "罚款", "没收违法所得", "责令停产停业", "暂扣或者吊销许可证", "行政拘留", "其他"]
    static let states = [(code: "1", zh: "撤销", en: "revoked"), (code: "2", zh: "异议", en: "disputed"), (code: "3", zh: "其他", en: "other, see the remark")]
    static let scopes = [(code: "1", zh: "仅政府部门内部共享", en: "shared within government only"), (code: "2", zh: "仅可授权查询", en: "open to authorised queries only")]

    /// The columns of one table by every heading they answer to; made once.
    struct Columns: Sendable {
        let all: [Column]
        private let places: [String: Int]

        init(_ columns: [Column]) {
            all = columns
            var places: [String: Int] = [:]
            for (place, column) in columns.enumerated() {
                for name in [column.code] + column.names { places[HeadingNames.key(name)] = places[HeadingNames.key(name)] ?? place }
            }
            self.places = places
        }

        /// Index in ``all``. Of several that fit the first stands.
        func place(_ heading: String) -> Int? {
            let key = HeadingNames.key(heading)
            guard !key.isEmpty else { return nil }
            return [places[key], places[HeadingNames.withoutRemark(key)]].compactMap { $0 }.min()
        }

        func column(_ heading: String) -> Column? { place(heading).map { all[$0] } }

        /// How many columns, each once, only a file of 2016 has.
        func marks(_ headings: [String]) -> Int { Set(headings.compactMap(place)).count { all[$0].isMark } }
    }

    static func columns(_ item: CatalogueItem) -> Columns {
        item.kind == .permit ? permits : item.kind == .penalty ? penalties : none
    }

    private static let permits = Columns(permit)
    private static let penalties = Columns(penalty)
    private static let none = Columns([])

    private static func mark(_ code: String, _ names: [String], _ use: Use) -> Column { Column(code: code, names: names, use: use, isMark: true) }
    private static func same(_ code: String, _ names: [String], _ use: Use) -> Column { Column(code: code, names: names, use: use, isMark: false) }

    private static let permit = [
        mark("XK_XMMC", ["项目名称"], .field("XK_XKWS")),
        mark("XK_SPLB", ["审批类别"], .words("XK_XKLB", categories)),
        mark("XK_XDR", [], .field("XK_XDR_MC")),
        mark("XK_XDR_ZDM", [], .field("XK_XDR_ZZJG")),
        mark("XK_XDR_GSDJ", ["工商登记码"], .field("XK_XDR_GSZC")),
        mark("XK_XDR_SFZ", ["居民身份证号"], .field("XK_XDR_ZJHM")),
        mark("XK_FR", [], .field("XK_FRDB")),
        mark("XK_JZQ", ["许可截止期"], .field("XK_YXQZI")),
        mark("XK_XZJG", [], .field("XK_XKJG")),
        same("XK_ZT", ["当前状态"], .state),
        mark("DFBM", ["地方编码"], .dropped),
        mark("SJC", ["数据更新时间戳"], .dropped),
    ]

    private static let penalty = [
        mark("CF_CFMC", ["处罚名称"], .field("CF_WFXW")),
        mark("CF_AJMC", ["案件名称"], .field("CF_WFXW")),
        mark("CF_CFLB1", ["处罚类别1"], .words("CF_CFLB", sanctions)),
        mark("CF_CFLB2", ["处罚类别2"], .words("CF_CFLB", sanctions)),
        same("CF_SY", ["处罚事由"], .field("CF_SY")),
        mark("CF_XDR_ZDM", [], .field("CF_XDR_ZZJG")),
        mark("CF_XDR_GSDJ", ["工商登记码"], .field("CF_XDR_GSZC")),
        mark("CF_XDR_SFZ", ["居民身份证号"], .field("CF_XDR_ZJHM")),
        mark("CF_FR", [], .field("CF_FRDB")),
        mark("CF_JG", ["处罚结果"], .field("CF_NR")),
        mark("CF_XZJG", [], .field("CF_CFJG")),
        mark("CF_ZT", ["当前状态"], .state),
        mark("DFBM", ["地方编码"], .dropped),
        mark("SJC", ["数据更新时间戳"], .dropped),
        same("CF_BM", ["处罚编码"], .remark(label: "处罚编码", [])),
        same("CF_SYFW", ["信息使用范围"], .scope),
        same("CF_SXYZCD", ["失信严重程度"], .remark(label: "失信严重程度", ["未定", "一般", "较重", "严重"])),
    ]
}
