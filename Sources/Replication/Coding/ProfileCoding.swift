import Foundation
import Registry

extension LegalProfile {
    var wire: WireLegalProfileEdition {
        var wire = WireLegalProfileEdition()
        wire.code = code
        wire.number = number
        wire.titleZh = titleZh
        wire.titleEn = titleEn
        wire.division = division
        wire.sources = sources.map(\.wire)
        wire.terms = terms.map { term in
            var out = WireProfileTerm()
            out.clock = term.clock.name
            out.term = term.term.description
            out.unverified = !term.isVerified
            out.source = term.source
            return out
        }
        wire.retentionStart = retention.start.rawValue
        wire.retentionExtendedWhileListed = retention.extendedWhileListed
        wire.afterRetention = retention.afterwards.rawValue
        wire.retentionUnverified = !retention.isVerified
        wire.persons = persons.rawValue
        wire.personsUnverified = !personsVerified
        wire.expertTestsCounted = expertTestsCounted
        if let freeReports { wire.freeReports = freeReports }
        wire.publication = publication.map(\.wire)
        return wire
    }

    /// - Throws: ``CodingFault`` for what is no profile, or one with faults of its own.
    init(_ wire: WireLegalProfileEdition) throws(CodingFault) {
        guard wire.sources.count <= 100, wire.terms.count <= 100, wire.publication.count <= 100 else { throw CodingFault("a legal profile out of bounds") }
        guard let start = RetentionStart(rawValue: wire.retentionStart), let afterwards = AfterRetention(rawValue: wire.afterRetention),
            let persons = PersonPublication(rawValue: wire.persons)
        else { throw CodingFault("legal profile \(wire.code.bounded(40)): unknown retention or rule on persons") }
        var terms: [ProfileTerm] = [], schemes: [PublicationScheme] = []
        for one in wire.terms {
            guard let clock = ProfileClock(name: one.clock), let term = Term(one.term) else {
                throw CodingFault("legal profile \(wire.code.bounded(40)): unknown clock \(one.clock.bounded(40)) or term \(one.term.bounded(20))")
            }
            terms.append(ProfileTerm(clock, term, isVerified: !one.unverified, source: one.source))
        }
        for scheme in wire.publication { schemes.append(try PublicationScheme(scheme)) }
        self.init(
            code: wire.code, number: wire.number, titleZh: wire.titleZh, titleEn: wire.titleEn, division: wire.division, sources: wire.sources.map { LegalBasis($0) },
            terms: terms,
            retention: Retention(
                start: start, extendedWhileListed: wire.retentionExtendedWhileListed, afterwards: afterwards, isVerified: !wire.retentionUnverified),
            persons: persons, personsVerified: !wire.personsUnverified, expertTestsCounted: wire.expertTestsCounted,
            freeReports: wire.hasFreeReports ? wire.freeReports : nil, publication: schemes)
        try IssuedCoding.refuse(faults(), "legal profile \(wire.code.bounded(40)) edition \(wire.number)")
    }
}

extension PublicationPeriod {
    fileprivate var wire: WirePublicationPeriod {
        var wire = WirePublicationPeriod()
        wire.exceptional = !isNormal
        wire.minimum = minimum?.description ?? ""
        wire.maximum = maximum?.description ?? ""
        return wire
    }

    fileprivate init(_ wire: WirePublicationPeriod) throws(CodingFault) {
        self.init(isNormal: !wire.exceptional, minimum: try IssuedCoding.term(wire.minimum), maximum: try IssuedCoding.term(wire.maximum))
    }
}

extension PublicationScheme {
    fileprivate var wire: WirePublicationScheme {
        var wire = WirePublicationScheme()
        wire.code = code
        wire.basis = basis.wire
        wire.sector = sector
        wire.start = start.rawValue
        if let validFrom { wire.validFrom = validFrom.daysSinceEpoch }
        if let validTo { wire.validTo = validTo.daysSinceEpoch }
        wire.minor = minor.wire
        wire.general = general.wire
        wire.serious = serious.wire
        wire.publishWithin = publishWithin?.description ?? ""
        wire.minorSanctions = minorSanctions
        wire.generalSanctions = generalSanctions
        wire.seriousSanctions = seriousSanctions
        wire.otherwise = otherwise.rawValue
        wire.followsLongerBan = followsLongerBan
        wire.noRepair = noRepair
        wire.provisionalOnReorganisation = provisionalOnReorganisation
        wire.unverified = !isVerified
        return wire
    }

    fileprivate init(_ wire: WirePublicationScheme) throws(CodingFault) {
        guard let start = PeriodStart(rawValue: wire.start), let otherwise = SeverityClass(rawValue: wire.otherwise),
            [wire.minorSanctions, wire.generalSanctions, wire.seriousSanctions, wire.noRepair].allSatisfy({ $0.count <= 100 })
        else { throw CodingFault("publication scheme \(wire.code.bounded(40)): unknown start or class, or too many sanctions") }
        self.init(
            code: wire.code, basis: LegalBasis(wire.basis), sector: wire.sector, start: start,
            validFrom: wire.hasValidFrom ? try IssuedCoding.date(wire.validFrom) : nil, validTo: wire.hasValidTo ? try IssuedCoding.date(wire.validTo) : nil,
            minor: try PublicationPeriod(wire.minor), general: try PublicationPeriod(wire.general), serious: try PublicationPeriod(wire.serious),
            publishWithin: try IssuedCoding.term(wire.publishWithin), minorSanctions: wire.minorSanctions, generalSanctions: wire.generalSanctions,
            seriousSanctions: wire.seriousSanctions, otherwise: otherwise, followsLongerBan: wire.followsLongerBan, noRepair: wire.noRepair,
            provisionalOnReorganisation: wire.provisionalOnReorganisation, isVerified: !wire.unverified)
    }
}
