import Foundation
import Registry

extension Catalogue {
    var wire: WireCatalogueEdition {
        var wire = WireCatalogueEdition()
        wire.number = number
        wire.title = title
        wire.normalisation = Normalisation.version
        wire.items = items.map(\.wire)
        wire.withdrawals = withdrawals.map(\.wire)
        return wire
    }

    /// - Throws: ``CodingFault`` when the edition could not be used: an unknown rule kind, or faults of its own.
    init(_ wire: WireCatalogueEdition) throws(CodingFault) {
        guard wire.normalisation <= Normalisation.version else {
            throw CodingFault("catalogue edition \(wire.number) needs normalisation table \(wire.normalisation); this node has \(Normalisation.version)")
        }
        guard wire.items.count <= 1000 else { throw CodingFault("more than 1000 catalogue items") }
        var items: [CatalogueItem] = []
        for item in wire.items { items.append(try CatalogueItem(item)) }
        guard wire.withdrawals.count <= 1000 else { throw CodingFault("more than 1000 withdrawn items") }
        var withdrawals: [ItemWithdrawal] = []
        for one in wire.withdrawals { withdrawals.append(try ItemWithdrawal(one)) }
        self.init(number: wire.number, title: wire.title, items: items, withdrawals: withdrawals)
        let faults = faults()
        guard faults.isEmpty else { throw CodingFault("catalogue edition \(wire.number): \(faults.prefix(3).joined(separator: "; "))") }
    }
}

extension ItemWithdrawal {
    fileprivate var wire: WireItemWithdrawal {
        var wire = WireItemWithdrawal()
        wire.item = item
        wire.reason = reason
        if let lawfulUntil { wire.lawfulUntil = lawfulUntil.daysSinceEpoch }
        wire.cutOver = cutOver.map(\.wire)
        return wire
    }

    fileprivate init(_ wire: WireItemWithdrawal) throws(CodingFault) {
        self.init(
            item: wire.item, reason: wire.reason, lawfulUntil: wire.hasLawfulUntil ? try IssuedCoding.date(wire.lawfulUntil) : nil,
            cutOver: wire.cutOver.map { CutOver($0) })
    }
}

extension CutOver {
    var wire: WireCutOver {
        var wire = WireCutOver()
        wire.replica = replica
        wire.counter = counter
        return wire
    }

    init(_ wire: WireCutOver) { self.init(replica: wire.replica, counter: wire.counter) }
}

extension CatalogueItem {
    var wire: WireCatalogueItem {
        var wire = WireCatalogueItem()
        wire.number = number
        wire.code = code
        wire.titleZh = titleZh
        wire.titleEn = titleEn
        wire.basis = basis
        wire.kind = kind.rawValue
        wire.disclosure = disclosure.rawValue
        wire.upToTier = upToTier
        wire.retentionDays = retentionDays ?? 0
        wire.fields = fields.map(\.wire)
        wire.roles = roles.played.map { role, field in
            var out = WireFieldRole()
            out.role = role.name
            out.field = field
            return out
        }
        writeAttributes(&wire)
        return wire
    }

    init(_ wire: WireCatalogueItem) throws(CodingFault) {
        guard let kind = RecordKind(rawValue: wire.kind), let disclosure = Disclosure(rawValue: wire.disclosure) else {
            throw CodingFault("catalogue item \(wire.code): unknown kind \(wire.kind) or disclosure \(wire.disclosure)")
        }
        guard wire.fields.count <= CatalogueItem.maximumFields, wire.roles.count <= 64 else {
            throw CodingFault("catalogue item \(wire.code.bounded(40)): more than \(CatalogueItem.maximumFields) fields, or more than 64 roles")
        }
        guard wire.upToTier >= 1 else { throw CodingFault("catalogue item \(wire.code): no highest tier") }
        var fields: [FieldRule] = []
        for field in wire.fields { fields.append(try FieldRule(field)) }
        self.init(
            code: wire.code, number: wire.number, titleZh: wire.titleZh, titleEn: wire.titleEn, bases: wire.bases.map(LegalBasis.init), kind: kind,
            disclosure: disclosure, upToTier: wire.upToTier, retentionDays: wire.retentionDays == 0 ? nil : wire.retentionDays,
            fields: fields, roles: try FieldRoles(wire.roles, item: wire.code))
        try readAttributes(wire)
    }
}

extension FieldRoles {
    /// A role this version does not know makes the edition unusable rather than half understood.
    fileprivate init(_ wire: [WireFieldRole], item: String) throws(CodingFault) {
        self.init()
        for one in wire {
            guard let role = FieldRole(name: one.role) else { throw CodingFault("catalogue item \(item): unknown role \(one.role.prefix(40))") }
            guard self[role] == nil, one.field > 0 else { throw CodingFault("catalogue item \(item): role \(role.name) is played twice, or by no field") }
            self[role] = one.field
        }
    }
}

extension FieldRule {
    fileprivate var wire: WireFieldRule {
        var wire = WireFieldRule()
        wire.number = number
        wire.code = code
        wire.name = name
        wire.aliases = aliases
        wire.type = type.rawValue
        wire.maxLength = UInt32(clamping: maxLength)
        switch requirement {
        case .required: wire.required = true
        case .optional: break
        case .when(let condition): wire.requiredWhen = condition.rawValue
        }
        switch handling {
        case .plain: wire.handling = 1
        case .creditCode(let placeholderAllowed):
            wire.handling = 2
            wire.placeholderAllowed = placeholderAllowed
        case .documentNumber: wire.handling = 3
        case .personalNumber: wire.handling = 4
        case .doNotCollect: wire.handling = 5
        case .codeList(let values, let several):
            wire.handling = 6
            wire.codeList = values
            wire.several = several
        }
        wire.withConsent = withConsent
        wire.material = isMaterial
        wire.restricted = isRestricted
        return wire
    }

    fileprivate init(_ wire: WireFieldRule) throws(CodingFault) {
        guard let type = FieldType(rawValue: wire.type) else { throw CodingFault("field \(wire.code): unknown type \(wire.type)") }
        let requirement: Requirement
        if wire.required {
            requirement = .required
        } else if wire.requiredWhen == 0 {
            requirement = .optional
        } else if let condition = Condition(rawValue: wire.requiredWhen) {
            requirement = .when(condition)
        } else {
            throw CodingFault("field \(wire.code): unknown condition \(wire.requiredWhen)")
        }
        let handling: Handling
        switch wire.handling {
        case 1: handling = .plain
        case 2: handling = .creditCode(placeholderAllowed: wire.placeholderAllowed)
        case 3: handling = .documentNumber
        case 4: handling = .personalNumber
        case 5: handling = .doNotCollect
        case 6: handling = .codeList(wire.codeList, several: wire.several)
        // A number from the wire, not an enum of ours.
        default: throw CodingFault("field \(wire.code): unknown handling \(wire.handling)")
        }
        self.init(
            number: wire.number, code: wire.code, name: wire.name, aliases: wire.aliases, type: type,
            maxLength: Int(wire.maxLength), requirement: requirement, handling: handling, withConsent: wire.withConsent, isMaterial: wire.material,
            isRestricted: wire.restricted)
    }
}
