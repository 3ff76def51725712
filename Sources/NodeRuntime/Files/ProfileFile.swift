import Registry

extension DataFiles {
    /// Reads a legal profile.
    /// - Throws: ``FileFaults``, each with file, line, place and remedy.
    package static func profile(yaml: String, file: String) throws(FileFaults) -> LegalProfile {
        let (sheet, root) = try YAMLSheet.read(yaml, file: file)
        let code = root.text("code")
        let kept = root.table("retention")
        let starts = RetentionStart.allCases, afterwards = AfterRetention.allCases
        let retention = Retention(
            start: kept?.needed("start", .end, hint: starts.map(\.name).joined(separator: " / ")) { name in starts.first { $0.name == name } } ?? .end,
            extendedWhileListed: kept?.flag("extended_while_listed") ?? false,
            afterwards: kept?.value("afterwards", hint: afterwards.map(\.name).joined(separator: " / ")) { name in afterwards.first { $0.name == name } } ?? .notStated,
            isVerified: kept?.flag("verified", default: true) ?? false)
        kept?.end()
        let people = PersonPublication.allCases
        // In the order of the file: a clock twice is a fault the value finds.
        let profile = LegalProfile(
            code: code, number: root.needed("number", 0, hint: "1…") { UInt64($0) }, titleZh: root.text("title_zh"), titleEn: root.optional("title_en") ?? "",
            division: root.text("division"), sources: root.tables("sources") { _ in "sources" }.map(basis),
            terms: root.tables("terms") { "\(code)/\($0.peek("clock"))" }.compactMap(term), retention: retention,
            persons: root.needed("persons", .notStated, hint: people.map(\.name).joined(separator: " / ")) { name in people.first { $0.name == name } },
            personsVerified: root.flag("persons_verified", default: true), expertTestsCounted: root.flag("expert_tests_counted", default: true),
            freeReports: root.value("free_reports", hint: "0…") { UInt32($0) },
            publication: root.tables("publication") { "\(code)/publication/\($0.peek("code"))" }.map(scheme))
        root.end()
        return try check(profile, sheet) { $0.problems() }
    }

    private static func term(_ t: YAMLTable) -> ProfileTerm? {
        defer { t.end() }
        let clock = t.value("clock", hint: ProfileClock.allCases.map(\.name).joined(separator: " / ")) { ProfileClock(name: $0) }
        let term = t.needed("term", Term.days(0), hint: "7wd / 15d / 3m / 5y") { Term($0) }
        let verified = t.flag("verified", default: true), source = t.optional("source") ?? ""
        if clock == nil, t.optional("clock") == nil { _ = t.text("clock") }
        return clock.map { ProfileTerm($0, term, isVerified: verified, source: source) }
    }

    private static func period(_ t: YAMLTable?) -> PublicationPeriod {
        defer { t?.end() }
        return PublicationPeriod(isNormal: t?.flag("normal", default: true) ?? false, minimum: t?.term("minimum"), maximum: t?.term("maximum"))
    }

    private static func scheme(_ t: YAMLTable) -> PublicationScheme {
        defer { t.end() }
        return PublicationScheme(
            code: t.text("code"), basis: t.table("basis").map(basis) ?? LegalBasis(instrument: ""), sector: t.optional("sector") ?? "",
            start: t.needed("start", .instrument, hint: PeriodStart.allCases.map(\.name).joined(separator: " / ")) { name in PeriodStart.allCases.first { $0.name == name } },
            validFrom: t.date("valid_from"), validTo: t.date("valid_to"), minor: period(t.table("minor")), general: period(t.table("general")), serious: period(t.table("serious")),
            publishWithin: t.term("publish_within"), minorSanctions: t.texts("minor_sanctions"), generalSanctions: t.texts("general_sanctions"),
            seriousSanctions: t.texts("serious_sanctions"), otherwise: t.value("otherwise", hint: "minor / general / serious") { SeverityClass(text: $0) } ?? .general,
            followsLongerBan: t.flag("follows_longer_ban"), noRepair: t.texts("no_repair"),
            provisionalOnReorganisation: t.flag("provisional_on_reorganisation", default: true), isVerified: t.flag("verified", default: true))
    }

    /// The profile as a commented file; ``profile(yaml:file:)`` reads it back.
    package static func yaml(_ profile: LegalProfile) -> String {
        var out = YAMLText()
        out.comment("\(profile.titleZh)信用信息法规参数。verified: false 表示原文尚未核对，请信用主管部门核对后更改。")
        out.comment("The law of one jurisdiction as numbers. `verified: false`: nobody has read the text yet.")
        out.comment("期限 terms: 7wd 工作日 working days, 15d 自然日 days, 3m 月 months, 5y 年 years; 0wd 当日 on the same day")
        out.blank()
        out.pair(0, "code", profile.code)
        out.pair(0, "number", "\(profile.number)")
        out.pair(0, "title_zh", profile.titleZh)
        out.pair(0, "title_en", profile.titleEn)
        out.pair(0, "division", profile.division)
        out.line(0, "sources:")
        for source in profile.sources { out.line(1, "- " + table(source)) }
        out.pair(0, "persons", profile.persons.name)
        out.pair(0, "persons_verified", "\(profile.personsVerified)")
        out.pair(0, "expert_tests_counted", "\(profile.expertTestsCounted)")
        out.pair(0, "free_reports", profile.freeReports.map { "\($0)" })
        let retention = profile.retention
        out.line(0, "retention: " + YAMLText.table([("start", retention.start.name), ("extended_while_listed", "\(retention.extendedWhileListed)"),
                                                      ("afterwards", retention.afterwards.name), ("verified", "\(retention.isVerified)")]))
        if !profile.terms.isEmpty { out.line(0, "terms:") }
        for term in profile.terms {
            out.line(1, "- " + YAMLText.table([("clock", term.clock.name), ("term", term.term.description), ("verified", "\(term.isVerified)"), ("source", term.source)]))
        }
        out.line(0, profile.publication.isEmpty ? "publication: []" : "publication:")
        for scheme in profile.publication { write(scheme, &out) }
        return out.text
    }

    private static func write(_ scheme: PublicationScheme, _ out: inout YAMLText) {
        out.line(1, "- code: \(YAMLText.scalar(scheme.code))")
        out.line(2, "basis: " + table(scheme.basis))
        out.pair(2, "sector", scheme.sector)
        out.pair(2, "start", scheme.start.name)
        out.pair(2, "valid_from", scheme.validFrom?.description)
        out.pair(2, "valid_to", scheme.validTo?.description)
        for severity in SeverityClass.allCases {
            let period = scheme.period(severity)
            out.line(2, "\(severity.name): " + YAMLText.table([("normal", "\(period.isNormal)"), ("minimum", period.minimum?.description), ("maximum", period.maximum?.description)]))
        }
        out.pair(2, "publish_within", scheme.publishWithin?.description)
        out.list(2, "minor_sanctions", scheme.minorSanctions)
        out.list(2, "general_sanctions", scheme.generalSanctions)
        out.list(2, "serious_sanctions", scheme.seriousSanctions)
        out.pair(2, "otherwise", scheme.otherwise.name)
        out.pair(2, "follows_longer_ban", "\(scheme.followsLongerBan)")
        out.list(2, "no_repair", scheme.noRepair)
        out.pair(2, "provisional_on_reorganisation", "\(scheme.provisionalOnReorganisation)")
        out.pair(2, "verified", "\(scheme.isVerified)")
    }
}
