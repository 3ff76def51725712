/// What a period of publication counts from. Raw values are stable.
package enum PeriodStart: UInt32, Sendable, Hashable, CaseIterable {
    /// The day of the judicial or administrative instrument (令第36号).
    case instrument = 1
    /// The day of publication (市场监管总局令第45号).
    case publication = 2

    package var name: String {
        switch self {
        case .instrument: "instrument"
        case .publication: "publication"
        }
    }
}

/// How long one class is published.
package struct PublicationPeriod: Sendable, Hashable {
    /// false: published only when necessary, if at all.
    package var isNormal: Bool
    /// Repair is possible only after it; nil = as soon as the duty is performed.
    package var minimum: Term?
    /// Publication stops by itself after it; nil = never published.
    package var maximum: Term?

    package init(isNormal: Bool = true, minimum: Term? = nil, maximum: Term?) {
        self.isNormal = isNormal
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// The answer for one record.
package struct PublicationSpan: Sendable, Hashable {
    package let isNormal: Bool
    /// First day on which repair may be granted.
    package let repairableFrom: CivilDate
    /// Last day of publication; nil = not to be published.
    package let lastDay: CivilDate?
    /// Code of the scheme it comes from.
    package let scheme: String
}

/// One instrument on periods of publication: for everybody, or for one sector; in force from day to day.
package struct PublicationScheme: Sendable, Hashable {
    /// `order-36`; stable.
    package var code: String
    package var basis: LegalBasis
    /// Empty = general; `market-regulation`.
    package var sector: String
    package var start: PeriodStart
    /// Instruments of these days; nil = open.
    package var validFrom: CivilDate?
    package var validTo: CivilDate?
    package var minor: PublicationPeriod
    package var general: PublicationPeriod
    package var serious: PublicationPeriod
    /// Within what time publication follows the instrument; nil when not stated.
    package var publishWithin: Term?
    /// Beginnings of 处罚类别 that make a penalty minor, general or serious where the deciding unit names no class …
    package var minorSanctions: [String]
    package var generalSanctions: [String]
    package var seriousSanctions: [String]
    /// … and the class of all others.
    package var otherwise: SeverityClass
    /// A ban that lasts longer than the maximum is published as long as it lasts (令第45号).
    package var followsLongerBan: Bool
    /// Beginnings of 处罚类别 after which no early stop is granted.
    package var noRepair: [String]
    /// A court's approval of reorganisation lifts measures provisionally (国办发〔2025〕22号).
    package var provisionalOnReorganisation: Bool
    package var isVerified: Bool

    package init(code: String, basis: LegalBasis, sector: String = "", start: PeriodStart, validFrom: CivilDate? = nil, validTo: CivilDate? = nil,
                 minor: PublicationPeriod, general: PublicationPeriod, serious: PublicationPeriod, publishWithin: Term? = nil,
                 minorSanctions: [String] = [], generalSanctions: [String] = [], seriousSanctions: [String] = [],
                 otherwise: SeverityClass = .general, followsLongerBan: Bool = false, noRepair: [String] = [],
                 provisionalOnReorganisation: Bool = true, isVerified: Bool) {
        self.code = code
        self.basis = basis
        self.sector = sector
        self.start = start
        self.validFrom = validFrom
        self.validTo = validTo
        self.minor = minor
        self.general = general
        self.serious = serious
        self.publishWithin = publishWithin
        self.minorSanctions = minorSanctions
        self.generalSanctions = generalSanctions
        self.seriousSanctions = seriousSanctions
        self.otherwise = otherwise
        self.followsLongerBan = followsLongerBan
        self.noRepair = noRepair
        self.provisionalOnReorganisation = provisionalOnReorganisation
        self.isVerified = isVerified
    }

    package func isValid(on date: CivilDate) -> Bool {
        (validFrom.map { $0 <= date } ?? true) && (validTo.map { date <= $0 } ?? true)
    }

    package func period(_ severity: SeverityClass) -> PublicationPeriod {
        switch severity {
        case .minor: minor
        case .general: general
        case .serious: serious
        }
    }

    /// The class of a penalty by its kinds, `;` between: the gravest of them. Fines are told apart by amount in the
    /// text; where that matters the deciding unit names the class itself.
    package func severity(ofSanctions text: String) -> SeverityClass {
        var gravest: SeverityClass?
        // Texts are in normal form: bytes say whether one begins with another.
        let bytes = text.utf8.span
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: ";") { end += 1 }
            if end > start {
                let one: SeverityClass = if begins(bytes, start, end, seriousSanctions) { .serious } else if begins(bytes, start, end, generalSanctions) { .general }
                    else if begins(bytes, start, end, minorSanctions) { .minor } else { otherwise }
                if gravest.map({ one.rawValue > $0.rawValue }) ?? true { gravest = one }
            }
            start = end + 1
        }
        return gravest ?? otherwise
    }

    /// Whether the word from `start` up to `end` begins with any of `beginnings`.
    private func begins(_ text: Span<UInt8>, _ start: Int, _ end: Int, _ beginnings: [String]) -> Bool {
        for beginning in beginnings {
            let bytes = beginning.utf8.span
            guard bytes.count <= end - start else { continue }
            var index = 0
            while index < bytes.count, bytes[index] == text[start + index] { index += 1 }
            if index == bytes.count { return true }
        }
        return false
    }

    /// True unless a kind of penalty among `text` is excluded.
    package func allowsRepair(ofSanctions text: String) -> Bool {
        !text.split(whereSeparator: { $0 == ";" }).contains { word in noRepair.contains(where: word.hasPrefix) }
    }
}

extension LegalProfile {
    /// The scheme for an instrument of `date`: the sector's own before the general one, the later before the earlier.
    /// - Returns: nil when none is in force on that day.
    package func scheme(sector: String = "", on date: CivilDate) -> PublicationScheme? {
        schemeIndex(sector: sector, on: date).map { publication[$0] }
    }

    /// The class of a penalty by its kinds under the scheme in force on `date`; nil when none is.
    func severity(ofSanctions text: String, on date: CivilDate) -> SeverityClass? {
        schemeIndex(sector: "", on: date).map { publication[$0].severity(ofSanctions: text) }
    }

    /// By index: a scheme is large, and looked for once a record.
    private func schemeIndex(sector: String, on date: CivilDate) -> Int? {
        var best: Int?
        for index in publication.indices where publication[index].isValid(on: date) && (publication[index].sector.isEmpty || publication[index].sector == sector) {
            guard let current = best else {
                best = index
                continue
            }
            let isOwn = !publication[index].sector.isEmpty, wasOwn = !publication[current].sector.isEmpty
            if isOwn != wasOwn {
                if isOwn { best = index }
                continue
            }
            let from = publication[index].validFrom ?? .earliest, before = publication[current].validFrom ?? .earliest
            if from > before || (from == before && publication[index].code < publication[current].code) { best = index }
        }
        return best
    }

    /// The period for a record.
    /// - Parameters:
    ///   - published: first day of publication; needed where the period counts from it.
    ///   - banUntil: last day of a ban the decision imposes.
    /// - Returns: nil when no scheme is in force, or its start is not known.
    package func span(_ severity: SeverityClass, instrument: CivilDate, published: CivilDate? = nil, sector: String = "", banUntil: CivilDate? = nil) -> PublicationSpan? {
        guard let index = schemeIndex(sector: sector, on: instrument) else { return nil }
        let start: CivilDate
        switch publication[index].start {
        case .instrument: start = instrument
        case .publication:
            guard let published else { return nil }
            start = published
        }
        let period = publication[index].period(severity)
        var last = period.maximum.flatMap { start.adding($0) }
        if publication[index].followsLongerBan, let end = last, let banUntil { last = max(end, banUntil) }
        return PublicationSpan(isNormal: period.isNormal, repairableFrom: period.minimum.flatMap { start.adding($0) } ?? start, lastDay: last, scheme: publication[index].code)
    }

    /// The last day of publication; nil = not to be published, or ``span(_:instrument:published:sector:banUntil:)`` says nothing.
    package func publicationEnd(_ severity: SeverityClass, instrument: CivilDate, published: CivilDate? = nil, sector: String = "", banUntil: CivilDate? = nil) -> CivilDate? {
        span(severity, instrument: instrument, published: published, sector: sector, banUntil: banUntil)?.lastDay
    }

    package func faults() -> [String] { problems().map(\.description) }

    /// Everything wrong with a profile from elsewhere; empty when it may be used.
    package func problems() -> [DataFault] {
        var found: [DataFault] = []
        func add(_ place: String, _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String) {
            found.append(DataFault(place.isEmpty ? code : "\(code)/\(place)", zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn))
        }
        if code.isEmpty || number == 0 || titleZh.isEmpty { add("", "缺少代码、版次或名称", "no code, edition number or title", "补全", "complete it") }
        if !Division.isWellFormed(division) { add("", "行政区划代码有误：\(division)", "no division code: \(division)", "填写6位代码", "give its 6 digits") }
        if !sources.contains(where: \.isUsable) { add("", "没有法律来源", "no source", "写明条例或办法", "name the regulation") }
        for (a, b) in zip(terms, terms.dropFirst()) where a.clock.rawValue >= b.clock.rawValue {
            add(b.clock.name, "时限重复或次序错误", "a clock twice, or out of order", "每项一次", "give each once")
        }
        for term in terms {
            switch term.clock {
            case .retention, .queryLogPersons, .queryLogOthers:
                if term.term.unit == .workingDays { add(term.clock.name, "保存期限不以工作日计", "not counted in working days", "以月或年计", "count months or years") }
            case .annotate, .decideOwn, .decideOther, .forward, .provider, .providerExtension, .review, .objectionMaximum, .replicaCheck,
                 .withdrawProvider, .withdrawPlatform, .withdrawUser, .repairDecision, .suspension, .incomingCheck, .settleConflict, .settleContradiction, .correctUpheld: continue
            }
        }
        if !publication.contains(where: \.sector.isEmpty) { add("publication", "没有通用公示规则", "no general publication scheme", "至少一个 sector 为空的规则", "give one without a sector") }
        for (index, scheme) in publication.enumerated() {
            let place = "publication/\(scheme.code)"
            if scheme.code.isEmpty || publication[..<index].contains(where: { $0.code == scheme.code }) { add(place, "规则代码缺失或重复", "no code, or used twice", "各用一个代码", "give each its own") }
            if !scheme.basis.isUsable { add(place, "没有法定依据", "no legal basis", "写明文件", "name the instrument") }
            if let from = scheme.validFrom, let to = scheme.validTo, to < from { add(place, "有效期止早于起", "ends before it begins", "核对日期", "check both days") }
            for severity in SeverityClass.allCases {
                let period = scheme.period(severity)
                guard let least = period.minimum?.roughDays else { continue }
                if let most = period.maximum?.roughDays, least <= most { continue }
                add("\(place)/\(severity.name)", "最短期限长于最长期限", "the minimum is longer than the maximum", "核对期限", "check both terms")
            }
            for term in [scheme.minor, scheme.general, scheme.serious].flatMap({ [$0.minimum, $0.maximum] }) where term?.unit == .workingDays {
                add(place, "公示期不以工作日计", "periods of publication are not counted in working days", "以日、月或年计", "count days, months or years")
            }
        }
        return found
    }
}

extension Term {
    /// For comparing terms only.
    var roughDays: Int {
        switch unit {
        case .workingDays: Int(count) * 7 / 5
        case .calendarDays: Int(count)
        case .months: Int(count) * 365 / 12
        case .years: Int(count) * 365
        }
    }
}
