import Registry
import Replication
import Sealing
import Storage

/// Never a score, never pass or fail (guarantee 11).
package enum LookupVerdict: String, Sendable, Hashable {
    case onTheList = "on-the-list"
    case notOnTheList = "not-on-the-list"
    case notCovered = "not-covered"
    case tooStaleToSay = "too-stale-to-say"
}

package struct LookupListAnswer: Sendable {
    /// nil where no list is held at all.
    package let facts: ListFacts?
    package let verdict: LookupVerdict
    package let hits: [ListEntryRow]
    /// Why it is too stale to say or not covered, where age is not the reason.
    package var reason: LookupReason?
    /// What is known of hits beyond that they stand, by entry: stable names, in the order of ``RecordView/marks``.
    package var marks: [Dot: [String]] = [:]

    package var list: ListRow? { facts?.list }
    package var edition: ListEditionRow? { facts?.edition }
    /// When the issuer last said the edition is current, and until when that counts; milliseconds since 1970.
    package var asOf: UInt64? { facts?.asOf }
    package var validUntil: UInt64? { facts?.validUntil }
}

/// Why nothing can be said, other than age.
package enum LookupReason: String, Sendable, Hashable {
    /// Persons are looked up under a list key that has not come here.
    case noListKey = "no-list-key"
    /// The list key held is not the one of the edition.
    case wrongListKey = "wrong-list-key"
    /// Digests of the edition's epoch are still on their way.
    case digestsIncomplete = "digests-incomplete"
    /// The entries held are not those the edition speaks of.
    case editionDiffers = "edition-differs"
    /// The issuer says that there are removals which have not come here.
    case removalsWithheld = "removals-withheld"
    /// The subject is on the list, which does not count while it stands on a serious one (M27).
    case suspendedBySerious = "suspended-by-serious-entry"
}

package struct LookupResult: Sendable {
    package let subject: Subject
    package let receipt: String
    package let answeredAt: UInt64
    package let lists: [LookupListAnswer]
    /// Effective records about the subject held here, by item: its code, or its number where no catalogue names it.
    package let records: [(item: String, count: Int)]
    /// Decisions among them, or beside them, of which there is more to say than that they stand.
    package let marked: [MarkedRecord]
    /// There are more of these than an answer lists.
    package let isCut: Bool
    /// Users of the asking unit's earlier look-ups who must be told that the answer has changed (M45).
    package let notices: Int
    /// Of a person: a hit must be confirmed online or by telephone before any adverse act.
    package let confirm: Bool
    /// The newest receipt of the parent, milliseconds since 1970.
    package let lastReceipt: UInt64?
    /// Other codes of the same organisation, whose entries and records count here (M38).
    package var aliases: [String] = []
    /// How long the answer took without its line in the log, digests of a person included. For measurement only.
    package let took: Duration
}

/// A question that may be asked: its words were checked, and digests of a person are computed. Holds no number of a person
/// beyond what the answer's own subject line hides.
package struct LookupQuestion: Sendable {
    let subject: Subject
    let key: String
    /// The person's digest under each list key that a list held here is looked up by; nil for others than persons.
    let digests: [UInt32: (digest: Digest, check: Digest)]?
    let purpose: String
    let caseNumber: String
    let actor: Actor
    let preparation: Duration
}

extension Node {
    /// How far the local clock may run behind a signed time before nothing can be said about age.
    private static let clockTolerance: UInt64 = 5 * 60_000

    /// Answers from what is held, online or not, and logs the look-up durably before it answers.
    /// - Throws: ``NodeRefusal`` without purpose, unit or operator.
    package func lookup(_ subject: CreditCode, purpose: String, caseNumber: String = "", actor: Actor) throws -> LookupResult {
        try lookup(.organisation(subject), purpose: purpose, caseNumber: caseNumber, actor: actor)
    }

    /// Answers about an organisation by its code, about a person by the number alone: digests are computed for the
    /// question, never kept, and only the stable keyed digest stands in the log.
    /// - Throws: ``NodeRefusal`` without purpose, unit or operator, or beyond the limit on look-ups of persons.
    package func lookup(_ subject: Subject, purpose: String, caseNumber: String = "", actor: Actor) throws -> LookupResult {
        try answer([try question(subject, purpose: purpose, caseNumber: caseNumber, actor: actor)])[0].get()
    }

    /// Checks a question before it is asked. Of a person it takes tens of milliseconds a list key; otherwise it reads nothing.
    /// - Throws: ``NodeRefusal`` without purpose, unit or operator, or beyond the limit on look-ups of persons.
    package func question(_ subject: Subject, purpose: String, caseNumber: String = "", actor: Actor) throws -> LookupQuestion {
        try check(actor)
        guard !purpose.isEmpty, purpose.utf8.count <= 400, caseNumber.utf8.count <= 100 else {
            throw NodeRefusal(.badInput, "lookup-purpose", zh: "查询须写明用途", en: "a look-up states its purpose", hint: "--purpose 例如 “政府采购资格审查”")
        }
        let clock = ContinuousClock(), began = clock.now
        let key = try subjectKey(subject).lookupText
        let digests = try personDigests(subject, actor, environment.now())
        return LookupQuestion(
            subject: subject, key: key, digests: digests, purpose: purpose, caseNumber: caseNumber, actor: actor, preparation: began.duration(to: clock.now))
    }

    /// Answers questions together: one state of the replica, one transaction that logs them in order, one commit before
    /// the first of them is answered.
    /// - Returns: an answer for each, in order, or why that one is refused.
    /// - Throws: when the log could not be written; then none was answered, and none is logged.
    package func answer(_ questions: [LookupQuestion]) throws -> [Result<LookupResult, NodeRefusal>] {
        let now = environment.now(), random = try environment.random(4 * questions.count), name = path.name.uppercased()
        let (results, facts) = try store.write { tx in
            var facts = try lookupFacts(tx)
            let age = LookupAge(now: now, today: environment.today, clockIsBehind: now + Self.clockTolerance < facts.latestSigned)
            var tip = try tx.lookupTip()
            let results = try questions.enumerated().map { index, question -> Result<LookupResult, NodeRefusal> in
                do {
                    // Asked again where it is counted, so that questions at the same time cannot pass it together.
                    if question.digests != nil { try checkPersonLimit(question.actor, now, tx) }
                } catch let refusal as NodeRefusal { return .failure(refusal) }
                let receipt = "\(name)-\(tip.number + 1)-\(Hex.encode(random[index * 4..<index * 4 + 4]).uppercased())"
                let result = try answer(question, receipt, &facts, age, tx)
                let text = result.logText
                let line = LookupEntry(
                    receipt: receipt, time: now, unit: question.actor.unit, operator: question.actor.operator, purpose: question.purpose, caseNumber: question.caseNumber,
                    subject: question.key, answer: text)
                tip = LookupTip(number: tip.number + 1, digest: digest(line.message(previous: tip.digest)))
                try tx.append(line, at: tip)
                try note(result, question, at: tip.number, tx)
                return .success(result)
            }
            // The lines just written change no fact.
            facts.stamp = tx.changeStamp
            return (results, facts)
        }
        // Kept once committed: facts of a state that was rolled back are nobody's.
        keptFacts.withLock { $0 = facts }
        return results
    }

    // MARK: - Persons

    private func personDigests(_ subject: Subject, _ actor: Actor, _ now: UInt64) throws -> [UInt32: (digest: Digest, check: Digest)]? {
        guard case .person(let document, let number) = subject else { return nil }
        let epochs = try store.read { tx in
            // Before the work, not after it.
            try checkPersonLimit(actor, now, tx)
            return Set(try tx.lists().compactMap { try tx.newestEdition(of: $0.id)?.epoch }).subtracting([0]).sorted()
        }
        var digests: [UInt32: (digest: Digest, check: Digest)] = [:]
        for key in epochs.compactMap({ identity.listKeys.key($0) }) { digests[key.epoch] = (try key.digest(document, number: number), key.check) }
        return digests
    }

    private func checkPersonLimit(_ actor: Actor, _ now: UInt64, _ tx: ReadTransaction) throws {
        let limit = personLookupsPerHour.withLock { $0 }
        let hour: UInt64 = 3_600_000
        guard try tx.personLookups(unit: actor.unit, operator: actor.operator, since: now - min(now, hour)) < limit else {
            throw NodeRefusal(
                .refused, "lookup-limit", zh: "该经办人一小时内查询自然人已达 \(limit) 次", en: "this operator has looked up \(limit) persons within an hour",
                hint: "稍后再查；上限见配置 person_lookups_per_hour / try later; the limit is person_lookups_per_hour")
        }
    }

    // MARK: - One answer

    private struct LookupAge {
        let now: UInt64
        let today: CivilDate
        let clockIsBehind: Bool
    }

    private func answer(_ question: LookupQuestion, _ receipt: String, _ facts: inout LookupFacts, _ age: LookupAge, _ tx: ReadTransaction) throws -> LookupResult {
        let clock = ContinuousClock(), began = clock.now
        let (keys, mentioned) = try named(question, facts, tx)
        let entries = question.digests == nil && mentioned.entries ? try keys.flatMap { try tx.entries(subject: $0) } : []
        var lists = Self.suspendingRed(try facts.lists.map { try answer($0, question.digests, entries, age, tx) })
        if lists.isEmpty { lists = [LookupListAnswer(facts: nil, verdict: .notCovered, hits: [])] }
        var held = HeldRecords()
        if mentioned.records { for key in keys { held.add(try records(of: key, on: age.today, &facts, tx)) } }
        for index in lists.indices where !lists[index].hits.isEmpty { lists[index].marks = Self.marks(of: lists[index].hits, keys, held, facts) }
        return LookupResult(
            subject: question.subject, receipt: receipt, answeredAt: age.now, lists: lists, records: held.counts, marked: held.marked, isCut: held.isCut,
            notices: facts.openNotices[question.actor.unit] ?? 0, confirm: question.digests != nil, lastReceipt: facts.lastReceipt,
            aliases: keys.filter { $0 != question.key }, took: question.preparation + began.duration(to: clock.now))
    }

    /// Under which keys the subject is found, and whether under any: every code of an organisation (M38).
    private func named(_ question: LookupQuestion, _ facts: LookupFacts, _ tx: ReadTransaction) throws -> (keys: [String], mentioned: (entries: Bool, records: Bool)) {
        guard facts.hasAliases, case .organisation(let code) = question.subject else { return ([question.key], try tx.mentions(question.key)) }
        let keys = try tx.codes(aliasedTo: code.text)
        let mentioned = try keys.map { try tx.mentions($0) }
        return (keys, (mentioned.contains(where: \.entries), mentioned.contains(where: \.records)))
    }

    /// M27: an entry on a list of good faith does not count while a serious one stands.
    private static func suspendingRed(_ answers: [LookupListAnswer]) -> [LookupListAnswer] {
        guard answers.contains(where: { $0.list?.opened.kind == .serious && $0.verdict == .onTheList }) else { return answers }
        return answers.map { answer in
            guard answer.list?.opened.kind == .red, answer.verdict == .onTheList else { return answer }
            return LookupListAnswer(facts: answer.facts, verdict: .notOnTheList, hits: answer.hits, reason: .suspendedBySerious)
        }
    }

    private func answer(
        _ facts: ListFacts, _ digests: [UInt32: (digest: Digest, check: Digest)]?, _ entries: [ListEntryRow], _ age: LookupAge, _ tx: ReadTransaction
    ) throws -> LookupListAnswer {
        func give(_ verdict: LookupVerdict, _ hits: [ListEntryRow] = [], reason: LookupReason? = nil) -> LookupListAnswer {
            LookupListAnswer(facts: facts, verdict: verdict, hits: hits, reason: reason)
        }
        guard let edition = facts.edition else { return give(.notCovered) }
        guard let validUntil = facts.validUntil, !age.clockIsBehind, validUntil >= age.now, facts.isCurrent else { return give(.tooStaleToSay) }
        guard facts.isConfirmed else { return give(.tooStaleToSay, reason: .editionDiffers) }
        guard facts.hasRemovals else { return give(.tooStaleToSay, reason: .removalsWithheld) }
        var found = entries.filter { $0.list == facts.list.id }
        if let digests, edition.epoch > 0 {
            guard let own = digests[edition.epoch] else { return give(.tooStaleToSay, reason: .noListKey) }
            guard own.check == edition.keyCheck else { return give(.tooStaleToSay, reason: .wrongListKey) }
            guard facts.hasDigests else { return give(.tooStaleToSay, reason: .digestsIncomplete) }
            found = try tx.entries(listed: own.digest).filter { $0.epoch == edition.epoch && $0.entry.list == facts.list.id }.map(\.entry)
        }
        let hits = found.filter { $0.published && !$0.removed && !$0.isPending(in: facts.list.opened) && $0.since <= age.today && ($0.until.map { age.today <= $0 } ?? true) }
        return give(hits.isEmpty ? .notOnTheList : .onTheList, hits)
    }
}
