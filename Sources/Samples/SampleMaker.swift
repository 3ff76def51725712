/// Puts rows together; see ``SampleRows``.
struct SampleMaker: Sendable {
    let seed: UInt64
    let street: Int
    let words: SampleVocabulary
    private let authorities: [(name: [UInt8], code: [UInt8])]
    private let office: (name: [UInt8], code: [UInt8])

    init(seed: UInt64, street: Int) {
        self.seed = seed
        self.street = street
        words = SampleVocabulary()
        authorities = SampleUnit.authorities(words).map { (Array($0.name.utf8), Array($0.code.utf8)) }
        let unit = SampleUnit.streetOffice(street)
        office = (Array(unit.name.utf8), Array(unit.code.utf8))
    }

    /// In a mixed street, which table row `number` belongs to.
    func isPenalty(_ number: Int) -> Bool {
        var random = SampleRandom(seed: seed, street: street, stream: 0, row: number)
        return random.chance(40)
    }

    func row(_ table: SampleTable, _ number: Int) -> SampleRow {
        var random = SampleRandom(seed: seed, street: street, stream: table.rawValue, row: number)
        let subject = Subject(person: table == .permit && random.chance(3), words, &random)
        var row = SampleRow(table: table, street: street, number: number)
        switch table {
        case .permit: fillPermit(&row, subject, &random)
        case .penalty: fillPenalty(&row, subject, &random)
        }
        return row
    }

    private func fillPermit(_ row: inout SampleRow, _ subject: Subject, _ random: inout SampleRandom) {
        let permit = subject.number.isEmpty ? random.pick(words.permits) : random.pick(words.personPermits)
        let authority = random.pick(authorities)
        let decided = day(2022, &random), certificate = random.below(100_000_000)
        row[PermitColumn.name] = subject.name
        row[PermitColumn.subjectClass] = subject.className
        row[PermitColumn.creditCode] = subject.code
        row[PermitColumn.representative] = subject.representative
        row[PermitColumn.document] = subject.number.isEmpty ? [] : Array("身份证".utf8)
        row[PermitColumn.number] = subject.number
        row[PermitColumn.decisionTitle] = Array("准予行政许可决定书".utf8)
        row[PermitColumn.decisionNumber] = documentNumber(row, decided, "许", &random)
        row[PermitColumn.category] = permit.category
        row[PermitColumn.certificate] = permit.title
        SampleCodes.appendDigits(certificate, width: 8, to: &row[PermitColumn.certificateNumber])
        var text = SampleText()
        text.append("准予")
        text.append(subject.name)
        if !subject.representative.isEmpty {
            text.append("（负责人")
            text.append(subject.representative)
            text.append("）")
        }
        text.append(permit.title)
        text.append("，经营场所为")
        text.append(random.pick(words.places))
        text.append("市")
        text.append(random.pick(words.names))
        text.append(random.pick(words.names))
        text.append("路")
        text.append(1 + random.below(900))
        text.append("号，依据")
        appendStatute(&text, &random)
        text.append("，许可编号")
        text.append(certificate, width: 8)
        text.append("。")
        text.grow(to: 80 + random.below(121), words, &random)
        row[PermitColumn.content] = text.bytes
        row[PermitColumn.decidedOn] = decided
        row[PermitColumn.validFrom] = decided
        row[PermitColumn.validTo] = day(2025, &random)
        row[PermitColumn.authority] = authority.name
        row[PermitColumn.authorityCode] = authority.code
        row[PermitColumn.state] = [random.chance(90) ? UInt8(ascii: "1") : UInt8(ascii: "2")]
        row[PermitColumn.source] = office.name
        row[PermitColumn.sourceCode] = office.code
    }

    private func fillPenalty(_ row: inout SampleRow, _ subject: Subject, _ random: inout SampleRandom) {
        let sanction = random.below(words.sanctions.count)
        let authority = random.pick(authorities)
        let decided = day(2022, &random), offence = random.pick(words.offences)
        row[PenaltyColumn.name] = subject.name
        row[PenaltyColumn.subjectClass] = subject.className
        row[PenaltyColumn.creditCode] = subject.code
        row[PenaltyColumn.representative] = subject.representative
        row[PenaltyColumn.decisionNumber] = documentNumber(row, decided, "罚", &random)
        row[PenaltyColumn.offence] = offence
        var basis = SampleText()
        appendStatute(&basis, &random)
        basis.append("第")
        basis.append(1 + random.below(6))
        basis.append("款")
        row[PenaltyColumn.basis] = basis.bytes
        row[PenaltyColumn.sanctions] = words.sanctions[sanction]
        var content = SampleText()
        content.append("决定给予")
        content.append(words.sanctions[sanction])
        impose(sanction, &row, &content, &random)
        content.append("。")
        row[PenaltyColumn.content] = content.bytes
        var facts = SampleText()
        facts.append("当事人")
        facts.append(subject.name)
        facts.append("（法定代表人")
        facts.append(subject.representative)
        facts.append("）")
        facts.append(offence)
        facts.append("，违反了规定。")
        facts.grow(to: 80 + random.below(121) - basis.count - content.count, words, &random)
        row[PenaltyColumn.facts] = facts.bytes
        row[PenaltyColumn.decidedOn] = decided
        row[PenaltyColumn.validTo] = day(2025, &random)
        row[PenaltyColumn.authority] = authority.name
        row[PenaltyColumn.authorityCode] = authority.code
        row[PenaltyColumn.source] = office.name
        row[PenaltyColumn.sourceCode] = office.code
    }

    /// The fields that a sanction makes necessary, and what the decision says of them.
    private func impose(_ sanction: Int, _ row: inout SampleRow, _ content: inout SampleText, _ random: inout SampleRandom) {
        let yuan = (1 + random.below(400)) * 500
        switch sanction {
        case 1: row[PenaltyColumn.fine] = tenThousands(yuan)
        case 2: row[PenaltyColumn.confiscated] = tenThousands(yuan)
        case 4:
            var licence = random.pick(words.permits).title + Array("证第".utf8)
            SampleCodes.appendDigits(random.below(100_000_000), width: 8, to: &licence)
            row[PenaltyColumn.licence] = licence + Array("号".utf8)
            return
        default: return
        }
        content.append("，金额")
        content.append(yuan)
        content.append("元")
    }

    /// 万元 with at most two decimals: 500 yuan are 0.05.
    private func tenThousands(_ yuan: Int) -> [UInt8] {
        var text = Array(String(yuan / 10_000).utf8)
        let hundredths = yuan % 10_000 / 100
        if hundredths == 0 { return text }
        text.append(UInt8(ascii: "."))
        text.append(UInt8(48 + hundredths / 10))
        if hundredths % 10 > 0 { text.append(UInt8(48 + hundredths % 10)) }
        return text
    }

    private func appendStatute(_ text: inout SampleText, _ random: inout SampleRandom) {
        text.append("《中华人民共和国")
        text.append(random.pick(words.statutes))
        text.append("》第")
        text.append(1 + random.below(90))
        text.append("条")
    }

    /// A day of three years from `year` on, never after the 28th.
    private func day(_ year: Int, _ random: inout SampleRandom) -> [UInt8] {
        var text: [UInt8] = []
        SampleCodes.appendDigits(year + random.below(3), width: 4, to: &text)
        text.append(UInt8(ascii: "/"))
        SampleCodes.appendDigits(1 + random.below(12), width: 2, to: &text)
        text.append(UInt8(ascii: "/"))
        SampleCodes.appendDigits(1 + random.below(28), width: 2, to: &text)
        return text
    }

    /// `〔2024〕云许字第00300000017号`: year, place, street and row.
    private func documentNumber(_ row: SampleRow, _ decided: [UInt8], _ word: StaticString, _ random: inout SampleRandom) -> [UInt8] {
        var text = SampleText()
        text.append("〔")
        text.append(Array(decided.prefix(4)))
        text.append("〕")
        text.append(Array(random.pick(words.places).prefix(3)))
        text.append(word)
        text.append("字第")
        text.append(row.street, width: 3)
        text.append(row.number, width: 8)
        text.append("号")
        return text.bytes
    }
}

/// Whom a decision is about.
private struct Subject {
    let name: [UInt8]
    let className: [UInt8]
    /// Empty for a person.
    let code: [UInt8]
    /// Empty for a person.
    let representative: [UInt8]
    /// A person's number, otherwise empty.
    let number: [UInt8]

    init(person: Bool, _ words: SampleVocabulary, _ random: inout SampleRandom) {
        let fullName = random.pick(words.surnames) + random.pick(words.names) + random.pick(words.names)
        guard !person else {
            name = fullName
            className = Array("自然人".utf8)
            code = []
            representative = []
            // Born 1950…2003: of age at every decision, the earliest of which fall into 2022.
            number = SampleCodes.citizenNumber(
                year: 1950 + random.below(54), month: 1 + random.below(12), day: 1 + random.below(28), sequence: random.below(1000))
            return
        }
        let kind = random.below(3)
        var name = random.pick(words.places)
        for _ in 0..<(2 + random.below(3)) { name += random.pick(words.names) }
        name += random.pick(words.trades)
        let category: StaticString
        switch kind {
        case 0:
            name += random.pick(words.companyForms)
            category = "91"
        case 1:
            name += random.pick(words.soleTraderForms)
            category = "92"
        default:
            name += Array("合作社".utf8)
            category = "93"
        }
        self.name = name
        className = Array((kind == 1 ? "个体工商户" : "法人及非法人组织").utf8)
        // Bodies from 99 000 000 on belong to ``SampleSubject``.
        code = SampleCodes.creditCode(category: category, body: random.below(99_000_000))
        representative = fullName
        number = []
    }
}
