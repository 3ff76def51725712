extension PublicationScheme {
    /// 信用修复管理办法, in force 2026-04-01. Articles 1–4 and press summaries were read, the rest not.
    static let order36 = PublicationScheme(
        code: "order-36", basis: LegalBasis(instrument: "信用修复管理办法", document: "国家发展改革委令第36号"), start: .instrument,
        validFrom: CivilDate(year: 2026, month: 4, day: 1),
        minor: PublicationPeriod(isNormal: false, maximum: .months(3)),
        general: PublicationPeriod(minimum: .months(3), maximum: .years(1)),
        serious: PublicationPeriod(minimum: .years(1), maximum: .years(3)),
        minorSanctions: ["警告", "通报批评"], seriousSanctions: ["吊销", "限制开展生产经营活动", "责令关闭", "限制从业"], isVerified: false)

    /// The older rule, for instruments before order 36.
    static let notice527 = PublicationScheme(
        code: "notice-527", basis: LegalBasis(instrument: "", document: "发改办财金〔2019〕527号"), start: .instrument,
        validTo: CivilDate(year: 2026, month: 3, day: 31),
        minor: PublicationPeriod(minimum: .months(3), maximum: .years(1)),
        general: PublicationPeriod(minimum: .months(3), maximum: .years(1)),
        serious: PublicationPeriod(minimum: .months(6), maximum: .years(3)),
        seriousSanctions: ["吊销", "限制开展生产经营活动", "责令关闭", "限制从业"], provisionalOnReorganisation: false, isVerified: false)

    /// 市场监督管理行政处罚信息公示规定 (2021), articles 2 and 9–14: counts from publication, warnings alone are not published.
    static let order45 = PublicationScheme(
        code: "order-45", basis: LegalBasis(instrument: "市场监督管理行政处罚信息公示规定", document: "国家市场监督管理总局令第45号"),
        sector: "market-regulation", start: .publication,
        minor: PublicationPeriod(isNormal: false, maximum: nil),
        general: PublicationPeriod(maximum: .months(3)),
        serious: PublicationPeriod(maximum: .years(3)),
        publishWithin: .workingDays(20), minorSanctions: ["警告"], generalSanctions: ["通报批评"], otherwise: .serious, followsLongerBan: true,
        noRepair: ["责令关闭", "限制从业", "限制开展生产经营活动", "吊销"], isVerified: true)

    static let national = [order36, notice527, order45]
}

extension LegalProfile {
    /// Seven jurisdictions, as far as their texts could be read; the rest is marked. The one source of truth; `Config/profiles`
    /// holds the same for people to copy and change.
    package static let standard: [LegalProfile] = [hubei, wuhan, shandong, shanghai, shenzhen, zhejiang, henan].map(\.completed)

    /// Every clock the rules need runs in every jurisdiction (but retention: nothing is purged by a number from elsewhere): what a text does not say, or was not read, has the strictest number
    /// verified elsewhere, marked as not verified.
    private var completed: LegalProfile {
        var profile = self
        let missing = Self.elsewhere.filter { one in !terms.contains { $0.clock == one.clock } }
        profile.terms = (terms + missing).sorted { $0.clock.rawValue < $1.clock.rawValue }
        return profile
    }

    private static let elsewhere = [
        ProfileTerm(.annotate, .workingDays(0), isVerified: false, source: "参照深圳第五十条"),
        ProfileTerm(.decideOwn, .workingDays(3), isVerified: false, source: "参照山东、河南"),
        ProfileTerm(.decideOther, .workingDays(7), isVerified: false, source: "参照山东、河南"),
        ProfileTerm(.forward, .workingDays(0), isVerified: false, source: "参照深圳第五十一条"),
        ProfileTerm(.provider, .workingDays(2), isVerified: false, source: "参照深圳第五十一条"),
        ProfileTerm(.review, .workingDays(5), isVerified: false, source: "参照浙江第三十条至第三十二条"),
        ProfileTerm(.objectionMaximum, .workingDays(20), isVerified: false, source: "参照浙江第三十条至第三十二条"),
        ProfileTerm(.replicaCheck, .workingDays(1), isVerified: false, source: "参照深圳第五十一条"),
        ProfileTerm(.withdrawProvider, .workingDays(3), isVerified: false, source: "行政处罚法第四十八条"),
        ProfileTerm(.withdrawPlatform, .workingDays(0), isVerified: false, source: "参照山东第四十条"),
        ProfileTerm(.withdrawUser, .workingDays(1), isVerified: false, source: "参照河南第四十一条至第四十三条"),
        ProfileTerm(.repairDecision, .workingDays(3), isVerified: false, source: "参照深圳第八十二条"),
        ProfileTerm(.suspension, .workingDays(5), isVerified: false),
        ProfileTerm(.incomingCheck, .workingDays(5), isVerified: false, source: "参照河南第十七条"),
        ProfileTerm(.queryLogPersons, .years(10), isVerified: false), ProfileTerm(.queryLogOthers, .years(5), isVerified: false),
        ProfileTerm(.settleConflict, .workingDays(3), isVerified: false, source: "参照山东第三十七条至第四十一条"),
        ProfileTerm(.settleContradiction, .workingDays(5), isVerified: false, source: "参照浙江第三十一条"),
        ProfileTerm(.correctUpheld, .workingDays(3), isVerified: false, source: "参照山东第三十七条至第四十一条"),
    ]

    package static func standard(_ code: String) -> LegalProfile? { standard.first { $0.code == code } }

    /// 行政处罚法 48 and 85: withdrawn within 3 days, and days are working days there.
    private static let withdrawal = ProfileTerm(.withdrawProvider, .workingDays(3), source: "行政处罚法第四十八条")
    /// Not in any text: our own (rule T15; logs of persons 10 years, others 5).
    private static let ours = [
        ProfileTerm(.suspension, .workingDays(5), isVerified: false),
        ProfileTerm(.queryLogPersons, .years(10), isVerified: false), ProfileTerm(.queryLogOthers, .years(5), isVerified: false),
    ]
    /// The strictest verified numbers, while a text is not read.
    private static let strictest = [
        ProfileTerm(.annotate, .workingDays(0), isVerified: false), ProfileTerm(.decideOwn, .workingDays(3), isVerified: false),
        ProfileTerm(.decideOther, .workingDays(7), isVerified: false),
    ]

    private static let hubei = LegalProfile(
        code: "hubei", number: 1, titleZh: "湖北省", titleEn: "Hubei", division: "420000",
        sources: [LegalBasis(instrument: "湖北省社会信用信息管理条例")],
        terms: strictest + ours + [withdrawal, ProfileTerm(.retention, .years(5), isVerified: false)],
        retention: Retention(start: .end, isVerified: false), persons: .notStated, personsVerified: false, publication: PublicationScheme.national)

    private static let wuhan = LegalProfile(
        code: "wuhan", number: 1, titleZh: "武汉市", titleEn: "Wuhan", division: "420100",
        sources: [LegalBasis(instrument: "武汉市公共信用信息管理办法", document: "武汉市人民政府令第272号"), LegalBasis(instrument: "湖北省社会信用信息管理条例")],
        terms: strictest + ours + [withdrawal, ProfileTerm(.retention, .years(5))],
        retention: Retention(start: .formation), persons: .notPublished, publication: PublicationScheme.national)

    private static let shandong = LegalProfile(
        code: "shandong", number: 1, titleZh: "山东省", titleEn: "Shandong", division: "370000",
        sources: [LegalBasis(instrument: "山东省社会信用条例")],
        terms: ours + [
            ProfileTerm(.annotate, .workingDays(0), isVerified: false), ProfileTerm(.decideOwn, .workingDays(3), source: "第三十七条至第四十一条"),
            ProfileTerm(.decideOther, .workingDays(7), source: "第三十七条至第四十一条"), ProfileTerm(.withdrawProvider, .workingDays(3), source: "第四十条"),
            ProfileTerm(.withdrawPlatform, .workingDays(0), source: "第四十条"), ProfileTerm(.retention, .years(5), source: "第三十八条"),
        ],
        retention: Retention(start: .end, afterwards: .delete), persons: .notPublished, publication: PublicationScheme.national)

    private static let shanghai = LegalProfile(
        code: "shanghai", number: 1, titleZh: "上海市", titleEn: "Shanghai", division: "310000",
        sources: [LegalBasis(instrument: "上海市社会信用条例", article: "第三十五条至第三十八条")],
        terms: ours + [
            withdrawal, ProfileTerm(.annotate, .workingDays(1), source: "第三十六条"), ProfileTerm(.decideOwn, .workingDays(5), source: "第三十五条至第三十八条"),
            ProfileTerm(.forward, .workingDays(2)), ProfileTerm(.provider, .workingDays(5)), ProfileTerm(.withdrawPlatform, .workingDays(3)),
            ProfileTerm(.retention, .years(5)),
        ],
        retention: Retention(start: .end), persons: .notStated, freeReports: 2, publication: PublicationScheme.national)

    private static let shenzhen = LegalProfile(
        code: "shenzhen", number: 1, titleZh: "深圳市", titleEn: "Shenzhen", division: "440300",
        sources: [LegalBasis(instrument: "深圳经济特区社会信用条例", article: "第四十三、四十五、五十、五十一、七十九至八十四条")],
        terms: ours.filter { $0.clock != .queryLogOthers } + [
            withdrawal, ProfileTerm(.annotate, .workingDays(0), source: "第五十条"), ProfileTerm(.replicaCheck, .workingDays(1), source: "第五十一条"),
            ProfileTerm(.forward, .workingDays(0), source: "第五十一条"), ProfileTerm(.provider, .workingDays(2)),
            ProfileTerm(.providerExtension, .workingDays(3)), ProfileTerm(.repairDecision, .workingDays(3), source: "第八十二条"),
            ProfileTerm(.queryLogOthers, .years(5), source: "第四十五条"),
        ],
        retention: Retention(start: .end, isVerified: false), persons: .deidentified, publication: PublicationScheme.national)

    private static let zhejiang = LegalProfile(
        code: "zhejiang", number: 1, titleZh: "浙江省", titleEn: "Zhejiang", division: "330000",
        sources: [LegalBasis(instrument: "浙江省公共信用信息管理条例", article: "第十五、十六、二十、三十至三十二条")],
        terms: ours.filter { $0.clock == .suspension || $0.clock == .queryLogOthers } + [
            withdrawal, ProfileTerm(.annotate, .workingDays(0), isVerified: false), ProfileTerm(.decideOwn, .workingDays(5), source: "第三十条至第三十二条"),
            ProfileTerm(.decideOther, .workingDays(5), source: "第三十条至第三十二条"), ProfileTerm(.objectionMaximum, .workingDays(20), source: "第三十条至第三十二条"),
            ProfileTerm(.review, .workingDays(5), source: "第三十条至第三十二条"), ProfileTerm(.retention, .years(5)),
            ProfileTerm(.queryLogPersons, .years(10), source: "第二十条"),
        ],
        retention: Retention(start: .determination, extendedWhileListed: true), persons: .notPublished, publication: PublicationScheme.national)

    private static let henan = LegalProfile(
        code: "henan", number: 1, titleZh: "河南省", titleEn: "Henan", division: "410000",
        sources: [LegalBasis(instrument: "河南省社会信用条例", article: "第十七、十九、二十八、四十一至四十三条")],
        terms: ours + [
            withdrawal, ProfileTerm(.annotate, .workingDays(0), isVerified: false), ProfileTerm(.decideOwn, .workingDays(3), source: "第四十一条至第四十三条"),
            ProfileTerm(.decideOther, .workingDays(7), source: "第四十一条至第四十三条"), ProfileTerm(.provider, .workingDays(3), source: "第四十一条至第四十三条"),
            ProfileTerm(.withdrawUser, .workingDays(1), source: "第四十一条至第四十三条"), ProfileTerm(.incomingCheck, .workingDays(5), source: "第十七条"),
            ProfileTerm(.retention, .years(5), source: "第十九条"),
        ],
        retention: Retention(start: .end, extendedWhileListed: true, afterwards: .archive, isVerified: false), persons: .notStated,
        expertTestsCounted: false, publication: PublicationScheme.national)
}
