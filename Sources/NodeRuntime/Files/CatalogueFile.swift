import Registry

extension DataFiles {
    /// Reads an edition of the catalogue.
    /// - Throws: ``FileFaults``, all of them, each with file, line, item, field and remedy.
    package static func catalogue(yaml: String, file: String) throws(FileFaults) -> Catalogue {
        let (sheet, root) = try YAMLSheet.read(yaml, file: file)
        let number = root.needed("number", 0, hint: "1…") { UInt64($0) }
        let title = root.optional("title") ?? ""
        let items = root.tables("items") { $0.peek("code") }.map(item)
        let withdrawals = root.tables("withdrawals") { "withdrawals/\($0.peek("item"))" }.map(withdrawal).sorted { $0.item < $1.item }
        root.end()
        return try check(Catalogue(number: number, title: title, items: items, withdrawals: withdrawals), sheet) { $0.problems() }
    }

    /// The frontier is the issuer's to fill in: it stands in no file.
    private static func withdrawal(_ t: YAMLTable) -> ItemWithdrawal {
        defer { t.end() }
        return ItemWithdrawal(item: t.needed("item", 0, hint: "1…") { UInt32($0) }, reason: t.text("reason"), lawfulUntil: t.date("lawful_until"))
    }

    private static func item(_ t: YAMLTable) -> CatalogueItem {
        let kinds = RecordKind.allCases.map(\.name).joined(separator: " / "), disclosures = Disclosure.allCases.map(\.name).joined(separator: " / ")
        var item = CatalogueItem(
            code: t.text("code"), number: t.needed("number", 0, hint: "1…") { UInt32($0) }, titleZh: t.text("title_zh"), titleEn: t.optional("title_en") ?? "",
            bases: t.tables("bases") { _ in "bases" }.map(basis),
            kind: t.needed("kind", .other, hint: kinds) { name in RecordKind.allCases.first { $0.name == name } },
            disclosure: t.needed("disclosure", .authorised, hint: disclosures) { name in Disclosure.allCases.first { $0.name == name } },
            upToTier: t.value("up_to_tier", hint: "1, 2, 3") { UInt32($0) } ?? 1, retentionDays: t.value("retention_days", hint: "1…") { UInt32($0) },
            fields: t.tables("fields") { $0.peek("number") }.map(field), roles: roles(t.table("roles")))
        if let deadline = t.table("deadline") {
            let term = deadline.needed("term", Term.days(0), hint: "7wd / 15d") { Term($0) }
            item.deadline = ReportingDeadline(term: term, from: deadline.needed("from", 0, hint: "1…") { UInt32($0) })
            deadline.end()
        }
        item.publication = t.value("publication", hint: "never / while-valid / minor / general / serious / by-severity") { PublicationRule(name: $0) } ?? .never
        item.sharingScope = t.optional("sharing_scope") ?? ""
        item.updateFrequency = t.value("update_frequency", hint: UpdateFrequency.allCases.map(\.name).joined(separator: " / ")) { name in UpdateFrequency.allCases.first { $0.name == name } } ?? .onChange
        if let of = t.table("information_class") {
            item.informationClass = InformationClass(scheme: of.optional("scheme") ?? "", text: of.optional("text") ?? "")
            of.end()
        }
        item.providerKinds = t.list("provider_kinds", hint: UnitKind.allCases.map(\.name).joined(separator: " / ")) { name in UnitKind.allCases.first { $0.name == name } }
        item.flags = ItemFlags(t.list("flags", hint: ItemFlags.named.map(\.name).joined(separator: " / ")) { name in ItemFlags.named.first { $0.name == name }?.flag })
        item.keyFields = t.list("key_fields", hint: "[1, 2]") { UInt32($0) }
        item.local = t.optional("proposed_by").map { LocalSupplement(proposedBy: $0) }
        item.validFrom = t.date("valid_from")
        item.validTo = t.date("valid_to")
        item.resource = t.optional("resource") ?? ""
        t.end()
        return item
    }

    static func basis(_ t: YAMLTable) -> LegalBasis {
        defer { t.end() }
        return LegalBasis(instrument: t.optional("instrument") ?? "", article: t.optional("article") ?? "", document: t.optional("document") ?? "")
    }

    private static func roles(_ t: YAMLTable?) -> FieldRoles {
        var roles = FieldRoles()
        guard let t else { return roles }
        for (name, value) in t.pairs() {
            guard let role = FieldRole(name: name) else {
                t.fault(name, "没有这个角色", "is no role", FieldRole.allCases.map(\.name).filter { !$0.isEmpty }.joined(separator: " / "), "see the list of roles in docs/wire-format.md")
                continue
            }
            guard let number = UInt32(value), number > 0 else { t.fault(name, "应为字段编号", "should be the number of a field", "填写编号", "give its number"); continue }
            roles[role] = number
        }
        return roles
    }

    private static func field(_ t: YAMLTable) -> FieldRule {
        defer { t.end() }
        let requirement: Requirement = t.value("required", hint: FieldWords.requirements.map(\.name).joined(separator: " / ")) { name in FieldWords.requirements.first { $0.name == name }?.value } ?? .optional
        let values = t.texts("values")
        let handling: Handling = t.value("handling", hint: FieldWords.handlings.joined(separator: " / ")) { FieldWords.handling($0, values) } ?? .plain
        let type: FieldType = t.value("type", hint: "text / date / amount") { name in FieldType.allCases.first { FieldWords.name($0) == name } } ?? .text
        return FieldRule(
            number: t.needed("number", 0, hint: "1…") { UInt32($0) }, code: t.text("code"), name: t.optional("name") ?? "", aliases: t.texts("aliases"), type: type,
            maxLength: type == .date && t.peek("length") == "?" ? 10 : t.needed("length", 1, hint: "1…1000000") { Int($0).flatMap { (1...1_000_000).contains($0) ? $0 : nil } },
            requirement: requirement, handling: handling, withConsent: t.flag("consent"), isMaterial: t.flag("material"), isRestricted: t.flag("restricted"))
    }
}

/// Words of field tables in files.
enum FieldWords {
    static let requirements: [(name: String, value: Requirement)] = [
        ("yes", .required), ("no", .optional), ("organisation", .when(.organisation)), ("organisation-or-trader", .when(.organisationOrSoleTrader)),
        ("person", .when(.naturalPerson)), ("fine", .when(.fineImposed)), ("confiscation", .when(.confiscation)), ("licence-action", .when(.licenceAction)),
    ]
    static let handlings = ["plain", "credit-code", "credit-code-or-none", "document-number", "personal-number", "do-not-collect", "one-of", "several-of"]

    static func name(_ type: FieldType) -> String {
        switch type {
        case .text: "text"
        case .date: "date"
        case .amount: "amount"
        }
    }

    static func handling(_ name: String, _ values: [String]) -> Handling? {
        switch name {
        case "plain": .plain
        case "credit-code": .creditCode(placeholderAllowed: false)
        case "credit-code-or-none": .creditCode(placeholderAllowed: true)
        case "document-number": .documentNumber
        case "personal-number": .personalNumber
        case "do-not-collect": .doNotCollect
        case "one-of": values.isEmpty ? nil : .codeList(values, several: false)
        case "several-of": values.isEmpty ? nil : .codeList(values, several: true)
        default: nil
        }
    }

    static func name(_ handling: Handling) -> (name: String, values: [String]) {
        switch handling {
        case .plain: ("plain", [])
        case .creditCode(let placeholder): (placeholder ? "credit-code-or-none" : "credit-code", [])
        case .documentNumber: ("document-number", [])
        case .personalNumber: ("personal-number", [])
        case .doNotCollect: ("do-not-collect", [])
        case .codeList(let values, let several): (several ? "several-of" : "one-of", values)
        }
    }

    static func name(_ requirement: Requirement) -> String { requirements.first { $0.value == requirement }?.name ?? "no" }
}
