import Foundation
import Registry

extension LegalBasis {
    var wire: WireLegalBasis {
        var wire = WireLegalBasis()
        wire.instrument = instrument
        wire.article = article
        wire.document = document
        return wire
    }

    init(_ wire: WireLegalBasis) { self.init(instrument: wire.instrument, article: wire.article, document: wire.document) }
}

extension CatalogueItem {
    /// Fields 12–24: deadlines, publication, classes, flags.
    func writeAttributes(_ wire: inout WireCatalogueItem) {
        wire.bases = bases.map(\.wire)
        if let deadline {
            wire.deadline.term = deadline.term.description
            wire.deadline.from = deadline.from
        }
        wire.publication = publication.name
        wire.sharingScope = sharingScope
        wire.updateFrequency = updateFrequency.rawValue
        if informationClass != InformationClass() {
            wire.informationClass.scheme = informationClass.scheme
            wire.informationClass.text = informationClass.text
        }
        wire.providerKinds = providerKinds.map(\.rawValue)
        wire.flags = flags.rawValue
        wire.keyFields = keyFields
        wire.proposedBy = local?.proposedBy ?? ""
        if let validFrom { wire.validFrom = validFrom.daysSinceEpoch }
        if let validTo { wire.validTo = validTo.daysSinceEpoch }
        wire.resource = resource
    }

    mutating func readAttributes(_ wire: WireCatalogueItem) throws(CodingFault) {
        func fault(_ what: String) -> CodingFault { CodingFault("catalogue item \(wire.code): \(what)") }
        guard wire.bases.count <= 64, wire.keyFields.count <= CatalogueItem.maximumFields, wire.providerKinds.count <= 64 else {
            throw fault("too many bases, key fields or kinds of units")
        }
        if wire.hasDeadline {
            guard let term = Term(wire.deadline.term) else { throw fault("unknown term \(wire.deadline.term.prefix(20))") }
            deadline = ReportingDeadline(term: term, from: wire.deadline.from)
        }
        guard let rule = PublicationRule(name: wire.publication) else { throw fault("unknown publication rule \(wire.publication.prefix(20))") }
        publication = rule
        sharingScope = wire.sharingScope
        guard let frequency = UpdateFrequency(rawValue: wire.updateFrequency) else { throw fault("unknown update frequency \(wire.updateFrequency)") }
        updateFrequency = frequency
        informationClass = InformationClass(scheme: wire.informationClass.scheme, text: wire.informationClass.text)
        for raw in wire.providerKinds {
            guard let kind = UnitKind(rawValue: raw) else { throw fault("unknown kind of unit \(raw)") }
            providerKinds.append(kind)
        }
        // Unknown bits are faults of the item itself (``CatalogueItem/problems()``).
        flags = ItemFlags(rawValue: wire.flags)
        keyFields = wire.keyFields
        local = wire.proposedBy.isEmpty ? nil : LocalSupplement(proposedBy: wire.proposedBy)
        if wire.hasValidFrom { validFrom = try date(wire.validFrom, fault) }
        if wire.hasValidTo { validTo = try date(wire.validTo, fault) }
        resource = wire.resource
    }

    private func date(_ days: Int32, _ fault: (String) -> CodingFault) throws(CodingFault) -> CivilDate {
        guard let date = CivilDate(daysSinceEpoch: Int(days)) else { throw fault("no such day \(days)") }
        return date
    }
}
