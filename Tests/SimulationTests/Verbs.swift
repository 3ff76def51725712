import Node
import Registry
import Replication
import Storage

/// What units do to records, word by word.
struct Verbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// - Returns: the changes that were written; nil for what writes none.
    func perform() throws -> [Dot]? {
        switch act.verb {
        case "corrects":
            let dots = try on(0) { try correction($0) }
            run.corrections.formUnion(dots)
            return dots
        case "upholds": return try on(0) { _ in .upheld(InstrumentUpheld(basis: try basis())) }
        case "objects":
            let record = try run.dot(object(1)), dots = try on(1) { try objection($0) }
            for dot in dots { run.objections[dot] = record }
            return dots
        case "replies": return try reply()
        case "asks": return try aboutCase { .reviewRequest(ReviewRequest(objection: $0, receipt: try text("receipt"), requestedOn: run.town.day, statement: text("because", or: "不服"))) }
        case "forwards":
            return try aboutCase {
                .forwarding(Forwarding(objection: $0, unit: try unit(text("to")), forwardedOn: run.town.day, reason: text("because", or: "属该单位职责")))
            }
        case "repair": return try repair()
        case "suspends": return try mark(.suspended)
        case "stops": return try mark(.stopped)
        case "resumes": return try mark(.resumed)
        case "litigation":
            return try on(0) { _ in .litigation(LitigationMark(caseNumber: try text("case"), isClosed: act.clause("closed") != nil)) }
        case "commitment":
            return try on(1) { _ in .fulfilment(Fulfilment(isFulfilled: try choice(0, ["kept": true, "broken": false]), basis: try basis())) }
        case "links", "separates":
            return try node.link(
                try run.dot(object(0)), try run.dot(object(1)), isSame: act.verb == "links", reason: text("because", or: "核对"), actor: actor
            ).changes
        case "revokes":
            let basis = try basis()
            return [
                try node.revoke(
                    try run.dot(object(0)), document: basis.document, reason: basis.reason, rank: basis.rank, effectiveOn: try date("effective"), actor: actor)
            ]
        case "publishes": return [try publish()]
        default: throw GoldenRun.Misread(text: "no verb “\(act.verb)”")
        }
    }

    // MARK: - Acts

    private func on(_ place: Int, _ make: (ActScene) throws -> RecordAct) throws -> [Dot] {
        try node.act(on: try run.dot(object(place)), actor: actor) { try make($0) }.changes
    }

    private func correction(_ scene: ActScene) throws -> RecordAct {
        var subject: SubjectKey?, set: [RecordField] = [], cleared: [UInt32] = []
        for (name, value) in act.fields {
            if name == "subject" {
                guard let named = Cast.subject(value) else { throw GoldenRun.Misread(text: "no subject \(value)") }
                subject = named
                continue
            }
            let number = try run.word(name, scene.item)
            if value == "empty" { cleared.append(number) } else { set.append(RecordField(number: number, value: try self.value(value, try run.field(name, scene.item)))) }
        }
        return .correction(
            Correction(
                subject: subject, fields: set.sorted { $0.number < $1.number }, cleared: cleared.sorted(), basis: try basis(),
                source: act.clause("source") == nil ? nil : Digest(Array(repeating: 7, count: 32)), objection: try act.clause("settles").map { try run.dot($0) }))
    }

    /// `objects to P1; ground inaccurate; fields 罚款金额; receipt 积信异〔2026〕1号`
    private func objection(_ scene: ActScene) throws -> RecordAct {
        guard let ground = ObjectionGround(name: try text("ground")) else { throw GoldenRun.Misread(text: "no such ground") }
        let fields = try (act.clause("fields") ?? "").split(separator: " ").map { try run.word(String($0), scene.item) }
        return .objection(
            Objection(
                ground: ground, fields: fields.sorted(), receipt: try text("receipt"), acceptedOn: run.town.day, claimant: text("claimant", or: ""),
                statement: text("because", or: "有误"), target: scene.target))
    }

    /// `replies to O1: upheld` is written `replies upheld to O1`.
    private func reply() throws -> [Dot] {
        guard let outcome = ObjectionOutcome.allCases.first(where: { $0.name == act.object.first }) else { throw GoldenRun.Misread(text: "no outcome") }
        let objection = try run.dot(object(2))
        return try node.act(on: try run.record(of: objection, at: node), actor: actor) { _ in
            .reply(ObjectionReply(objection: objection, outcome: outcome, basis: try basis(), repliedOn: run.town.day))
        }.changes
    }

    /// `asks review of O1`, `forwards case O1`
    private func aboutCase(_ make: (Dot) throws -> RecordAct) throws -> [Dot] {
        guard let label = act.object.last else { throw GoldenRun.Misread(text: "which case?") }
        let objection = try run.dot(label)
        return try node.act(on: try run.record(of: objection, at: node), try make(objection), actor: actor).changes
    }

    /// `repair approved of P1`
    private func repair() throws -> [Dot] {
        guard let step = RepairStep.allCases.first(where: { $0.name == act.object.first }) else { throw GoldenRun.Misread(text: "no step of a repair") }
        return try on(2) { _ in
            .repair(RepairAct(step: step, receipt: text("receipt", or: ""), on: run.town.day, basis: try basis(), noRepeat: act.clause("unless") != nil))
        }
    }

    private func mark(_ step: PublicationStep) throws -> [Dot] {
        try on(0) { scene in
            .publication(PublicationMark(step: step, reason: text("because", or: "核查"), on: run.town.day, confirmed: act.clause("confirmed") != nil, target: scene.target))
        }
    }

    /// `publishes catalogue; penalty shared`
    private func publish() throws -> Dot {
        var catalogue = try node.currentCatalogue().catalogue
        catalogue.number += 1
        for clause in act.clauses {
            guard let at = catalogue.items.firstIndex(where: { $0.code == clause.word }), let disclosure = Disclosure(word: clause.text) else {
                throw GoldenRun.Misread(text: "no item, or no disclosure: \(clause.word) \(clause.text)")
            }
            catalogue.items[at].disclosure = disclosure
            // Only what is public is published.
            let standard = Catalogue.standard.item(code: clause.word)?.publication ?? .never
            catalogue.items[at].publication = disclosure == .public ? standard : .never
        }
        return try node.publishCatalogue(catalogue, actor: actor)
    }

    // MARK: - Words

    private func object(_ place: Int) throws -> String {
        guard place < act.object.count else { throw GoldenRun.Misread(text: "“\(act.verb)” lacks a word") }
        return act.object[place]
    }

    func text(_ word: String) throws -> String {
        guard let text = act.clause(word) else { throw GoldenRun.Misread(text: "“\(act.verb)” needs “\(word) …”") }
        return text
    }

    func text(_ word: String, or other: String) -> String { act.clause(word) ?? other }

    private func date(_ word: String) throws -> CivilDate? {
        guard let text = act.clause(word) else { return nil }
        guard let date = CivilDate(text) else { throw GoldenRun.Misread(text: "no day: \(text)") }
        return date
    }

    private func choice(_ place: Int, _ choices: [String: Bool]) throws -> Bool {
        guard let found = choices[try object(place)] else { throw GoldenRun.Misread(text: "none of \(choices.keys.sorted())") }
        return found
    }

    private func unit(_ name: String) throws -> String {
        guard let unit = Cast.unit(name) else { throw GoldenRun.Misread(text: "no unit \(name)") }
        return unit.code
    }

    /// `by R3 鄂政复〔2026〕5号 following 武市监罚〔2026〕1号`; without it the deciding unit's own word.
    func basis() throws -> Basis {
        let reason = text("because", or: "更正")
        guard let words = act.clause("by")?.split(separator: " ").map(String.init), let first = words.first else { return Basis(rank: .decidingUnit, reason: reason) }
        guard first.hasPrefix("R"), let raw = UInt32(first.dropFirst()), let rank = InstrumentRank(rawValue: raw) else { throw GoldenRun.Misread(text: "no rank \(first)") }
        let document = words.count > 1 ? Normalisation.documentNumber(words[1]) : ""
        let follows = words.count == 4 && words[2] == "following" ? Normalisation.documentNumber(words[3]) : ""
        return Basis(rank: rank, document: document, follows: follows, reason: reason)
    }

    private func value(_ text: String, _ rule: FieldRule) throws -> FieldValue {
        switch rule.type {
        case .text: return .text(text)
        case .date: if let date = CivilDate(text) { return .date(date) }
        case .amount: if case .success(let amount) = Amount.parse(text) { return .amount(amount) }
        }
        throw GoldenRun.Misread(text: "“\(text)” is no \(rule.type)")
    }
}

extension Disclosure {
    fileprivate init?(word: String) {
        switch word {
        case "public": self = .public
        case "shared": self = .shared
        case "authorised": self = .authorised
        default: return nil
        }
    }
}
