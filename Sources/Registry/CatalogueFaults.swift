/// Data that must not be collected, or with consent only, recognised by the names of fields.
package enum SensitiveData: Sendable, Hashable {
    /// Zhejiang 14, Shanghai 14; PIPL 28–29: no consent makes it lawful.
    case forbidden(word: String)
    /// The same articles: only with the subject's written consent.
    case consent(word: String)

    private static let forbiddenWords = ["宗教信仰", "信教", "基因", "指纹", "血型", "疾病", "病史"]
    private static let consentWords = ["收入", "存款", "有价证券", "证券持有", "商业保险", "不动产", "纳税数额", "纳税额", "缴税数额"]

    /// What `name` stands for; nil when it is nothing of the kind. Spaces do not hide a word.
    package static func found(in name: String) -> SensitiveData? {
        let plain = Normalisation.line(name).filter { $0 != " " }
        if let word = forbiddenWords.first(where: plain.contains) { return .forbidden(word: word) }
        return consentWords.first(where: plain.contains).map { .consent(word: $0) }
    }
}

extension CatalogueItem {
    /// What is wrong with an item that came from elsewhere, for operators; empty when it may be used.
    package func faults() -> [String] { problems().map(\.description) }

    /// As ``faults()``, with Chinese and remedies.
    package func problems() -> [DataFault] {
        var found: [DataFault] = []
        func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String, field: UInt32? = nil) {
            found.append(DataFault(field.map { "\(code)/\($0)" } ?? code, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
        }
        if code.isEmpty || number == 0 || code.utf8.count > 40 { add("事项缺少代码或编号", "no code, or no number", "代码 1 至 40 个字符，编号从 1 开始", "a code has 1…40 characters, numbers begin at 1") }
        if !bases.contains(where: \.isUsable) {
            add("事项没有法定依据", "no legal basis", "写明法律、法规或政策文件（国办发〔2020〕49号）", "name the law, regulation or policy document; nothing is collected without one")
        }
        if Normalisation.line(titleZh).isEmpty { add("没有名称", "no title", "填写 title_zh", "give it a Chinese title") }
        if upToTier == 0 { add("未写最高接收层级", "no highest tier", "1 为市，2 为区", "1 is the city, 2 the district") }
        if let from = validFrom, let to = validTo, to < from { add("有效期止早于起", "ends before it begins", "核对有效期", "check both days") }
        if let local, case .invalid = CreditCode.parse(local.proposedBy) {
            add("提出单位代码有误", "the proposing unit has no valid code", "填写18位统一社会信用代码", "give the unit's 18-character code")
        }
        if !ItemFlags.all.isSuperset(of: flags) { add("含未知标志", "has unknown flags", "升级本节点", "upgrade this node") }
        fieldProblems(&found)
        roleProblems(add)
        return found
    }

    private func fieldProblems(_ found: inout [DataFault]) {
        func add(_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String, field: UInt32? = nil) {
            found.append(DataFault(field.map { "\(code)/\($0)" } ?? code, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
        }
        if fields.isEmpty { add("没有字段", "no fields", "至少一个字段", "give at least one") }
        if fields.count > CatalogueItem.maximumFields {
            add("字段超过\(CatalogueItem.maximumFields)个", "more than \(CatalogueItem.maximumFields) fields", "拆分事项", "split the item")
        }
        for (a, b) in zip(fields, fields.dropFirst()) where a.number >= b.number {
            add("字段编号未递增", "field numbers do not ascend at \(b.number)", "按编号排序，不得重复", "sort by number, each once", field: b.number)
        }
        for field in fields {
            if field.number == 0 || field.code.isEmpty || field.maxLength < 1 {
                add("字段缺少编号、代码或长度", "field \(field.number) lacks a number, a code or a length", "补全", "complete it", field: field.number)
            }
            if case .codeList(let values, _) = field.handling, values.isEmpty {
                add("代码表没有取值", "a code list without values", "列出取值", "list its values", field: field.number)
            }
            if field.maxLength > 1_000_000 { add("字段过长", "longer than any text", "至多 1000000", "at most 1000000", field: field.number) }
            for name in [field.name] + field.aliases {
                switch SensitiveData.found(in: name) {
                case .forbidden(let word)?:
                    add("“\(name)”属于禁止采集的信息（\(word)）", "“\(name)” must not be collected (\(word))", "删除此字段（个人信息保护法 28、浙江 14）", "remove the field; no consent makes it lawful", field: field.number)
                case .consent(let word)? where !field.withConsent:
                    add("“\(name)”未经书面同意不得采集（\(word)）", "“\(name)” needs written consent (\(word))", "删除，或标明 consent: true 并留存书面同意", "remove the field, or set consent: true and keep the written consent", field: field.number)
                case .consent?, nil: continue
                }
                break
            }
        }
    }

    private func roleProblems(_ add: (_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String, _ field: UInt32?) -> Void) {
        for (role, number) in roles.played {
            guard let rule = field(number) else {
                add("角色 \(role.name) 指向不存在的字段", "role \(role.word) names field \(number), which does not exist", "改为存在的字段", "name a field of the item", nil)
                continue
            }
            if !role.fits(rule) { add("角色 \(role.name) 与字段 \(number) 的类型不符", "role \(role.word) does not fit field \(number)", "核对字段的类型和处理方式", "check the field's type and handling", nil) }
        }
        func need(_ role: FieldRole, _ fits: (Requirement) -> Bool) {
            guard let number = roles[role] else {
                add("没有字段担任 \(role.name)", "no field plays \(role.word)", "指定字段", "name the field", nil)
                return
            }
            if let rule = field(number), !fits(rule.requirement) {
                add("担任 \(role.name) 的字段应为必填", "the field that plays \(role.word) must be required", "改为必填", "make it required", number)
            }
        }
        need(.subjectName) { $0 == .required }
        need(.authorityCode) { $0 == .required }
        need(.subjectCode) { $0 == .required || $0 == .when(.organisationOrSoleTrader) }
        if roles.subjectClass != nil { need(.subjectClass) { $0 == .required } }
        if personsAllowed {
            need(.subjectClass) { $0 == .required }
            need(.personIDType) { $0 == .when(.naturalPerson) }
            need(.personIDNumber) { $0 == .when(.naturalPerson) }
        } else if let field = fields.first(where: { $0.handling == .personalNumber }) {
            add("不收自然人的事项不得有证件号码字段", "holds a personal number although persons are not allowed", "删除字段，或允许自然人", "remove the field, or allow persons", field.number)
        }
        keyProblems(add)
        if let deadline, field(deadline.from)?.type != .date {
            add("报送时限的起算字段不是日期", "the deadline counts from field \(deadline.from), which is no date", "指定日期字段", "name a date field", nil)
        }
        if publication == .bySeverity, roles.severity == nil, roles.sanctions == nil {
            add("公示期按严重程度，但没有相应字段", "published by severity, but no field says it", "指定 severity 或 sanctions 字段", "name a severity or sanctions field", nil)
        }
        if publication != .never, disclosure != .public {
            add("不公开的事项不得有公示期", "published although it is not public", "公示规则改为 never", "make the publication rule never", nil)
        }
        if finalOnly { need(.finalOn) { _ in true } }
        if excludesSummaryProcedure { need(.procedure) { _ in true } }
    }

    private func keyProblems(_ add: (_ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String, _ field: UInt32?) -> Void) {
        if let document = roles.documentNumber, field(document)?.requirement == .required { /* it identifies */ } else if keyFields.isEmpty {
            add("既无必填的文书号，也无识别字段", "neither a required document number nor key fields", "指定 key_fields", "name the columns that tell two records apart", nil)
        }
        if zip(keyFields, keyFields.dropFirst()).contains(where: { $0 >= $1 }) {
            add("识别字段未按编号递增", "key fields do not ascend", "按编号排序，不得重复", "sort by number, each once", nil)
        }
        for number in keyFields {
            guard let rule = field(number) else {
                add("识别字段不存在", "key field \(number) does not exist", "改为存在的字段", "name a field of the item", number)
                continue
            }
            if rule.requirement != .required || rule.handling == .personalNumber || rule.handling == .doNotCollect {
                add("识别字段应为必填的普通字段", "key field \(number) must be required, and not personal", "改为必填，或另选字段", "make it required, or choose another", number)
            }
        }
    }
}
