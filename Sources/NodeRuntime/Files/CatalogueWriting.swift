import Registry

extension DataFiles {
    /// The edition as a commented file; ``catalogue(yaml:file:)`` reads it back.
    package static func yaml(_ catalogue: Catalogue) -> String {
        var out = YAMLText()
        for line in catalogueHead { out.comment(line) }
        out.pair(0, "number", "\(catalogue.number)")
        out.line(0, "title: \(YAMLText.scalar(catalogue.title))")
        out.line(0, catalogue.items.isEmpty ? "items: []" : "items:")
        for item in catalogue.items { write(item, &out) }
        if !catalogue.withdrawals.isEmpty {
            out.blank()
            out.comment("停用的事项；lawful_until 为止的决定仍有效。切换点由发布节点填写。 / Withdrawn items; decisions up to `lawful_until` stand. The issuer fills in the frontier.")
            out.line(0, "withdrawals:")
        }
        for one in catalogue.withdrawals {
            out.line(1, "- " + YAMLText.table([("item", "\(one.item)"), ("reason", one.reason), ("lawful_until", one.lawfulUntil?.description ?? "")]))
        }
        return out.text
    }

    private static let catalogueHead = [
        "信用信息目录。复制此文件，版次 number 加一，修改后由根节点发布；列名与依据请由信用主管部门核对。",
        "The catalogue. Copy this file, raise `number`, change it, and publish it at the root.",
        "",
        "kind 事项类型 · disclosure: public 公开, shared 政务共享, authorised 授权查询 · up_to_tier: 1 市, 2 报至区, 3 不出街道",
        "deadline: term 7wd 工作日, 15d 自然日, 3m 月, 5y 年; from 起算日期字段 the date field it counts from",
        "publication: never, while-valid 有效期内, by-severity 按失信严重程度, minor / general / serious",
        "flags: final-only, excludes-summary-procedure, publish-before-and-after, opt-out-allowed, persons-allowed",
        "key_fields: 无文书号时识别一条记录的字段 what tells records apart · proposed_by: 地方补充事项的提出单位 a local item's proposer",
        "required: yes, no, organisation, organisation-or-trader, person, fine, confiscation, licence-action",
        "handling: plain, credit-code, credit-code-or-none, document-number, personal-number, do-not-collect, one-of, several-of",
        "material 决定内容 · consent 须书面同意 written consent · restricted 一律不公示 never published · 编号大于 100 为地方字段 local columns",
        "",
    ]

    private static func write(_ item: CatalogueItem, _ out: inout YAMLText) {
        out.blank()
        out.line(1, "# " + YAMLText.remark("\(item.titleZh) / \(item.titleEn)"))
        out.line(1, "- code: \(YAMLText.scalar(item.code))")
        out.pair(2, "number", "\(item.number)")
        out.line(2, "title_zh: \(YAMLText.scalar(item.titleZh))")
        out.line(2, "title_en: \(YAMLText.scalar(item.titleEn))")
        out.pair(2, "kind", item.kind.name)
        if item.informationClass != InformationClass() {
            out.line(2, "information_class: " + YAMLText.table([("scheme", item.informationClass.scheme), ("text", item.informationClass.text)]))
        }
        out.line(2, "bases:")
        for basis in item.bases { out.line(3, "- " + table(basis)) }
        out.pair(2, "disclosure", item.disclosure.name)
        out.pair(2, "sharing_scope", item.sharingScope)
        out.pair(2, "up_to_tier", "\(item.upToTier)")
        if let deadline = item.deadline { out.line(2, "deadline: " + YAMLText.table([("term", deadline.term.description), ("from", "\(deadline.from)")])) }
        out.pair(2, "publication", item.publication.name)
        out.pair(2, "retention_days", item.retentionDays.map { "\($0)" })
        out.pair(2, "update_frequency", item.updateFrequency.name)
        out.list(2, "provider_kinds", item.providerKinds.map(\.name))
        out.list(2, "flags", ItemFlags.named.filter { item.flags.contains($0.flag) }.map(\.name))
        out.list(2, "key_fields", item.keyFields.map { "\($0)" })
        out.pair(2, "proposed_by", item.local?.proposedBy)
        out.pair(2, "valid_from", item.validFrom?.description)
        out.pair(2, "valid_to", item.validTo?.description)
        out.pair(2, "resource", item.resource)
        out.line(2, "roles: " + YAMLText.table(item.roles.played.map { ($0.role.name, "\($0.field)") }))
        out.line(2, "fields:")
        for field in item.fields { out.line(3, "- " + table(field)) }
    }

    static func table(_ basis: LegalBasis) -> String {
        YAMLText.table([("instrument", basis.instrument), ("article", basis.article), ("document", basis.document)])
    }

    private static func table(_ field: FieldRule) -> String {
        let (handling, values) = FieldWords.name(field.handling)
        func flag(_ on: Bool) -> String? { on ? "true" : nil }
        return YAMLText.rawTable([
            ("number", "\(field.number)"), ("code", YAMLText.scalar(field.code)), ("name", YAMLText.scalar(field.name)), ("type", FieldWords.name(field.type)),
            ("length", field.type == .date && field.maxLength == 10 ? nil : "\(field.maxLength)"), ("required", FieldWords.name(field.requirement)), ("handling", handling),
            ("values", values.isEmpty ? nil : YAMLText.list(values)), ("aliases", field.aliases.isEmpty ? nil : YAMLText.list(field.aliases)),
            ("material", flag(field.isMaterial)), ("consent", flag(field.withConsent)), ("restricted", flag(field.isRestricted)),
        ])
    }
}
