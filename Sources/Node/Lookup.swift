import Registry
import Replication
import Storage

/// Never a score, never pass or fail (guarantee 11).
package enum LookupVerdict: String, Sendable, Hashable {
    case onTheList = "on-the-list"
    case notOnTheList = "not-on-the-list"
    case notCovered = "not-covered"
    case tooStaleToSay = "too-stale-to-say"
}

package struct LookupListAnswer: Sendable {
    package let list: ListRow?
    package let verdict: LookupVerdict
    package let hits: [ListEntryRow]
    package let edition: ListEditionRow?
    /// When the issuer last said the edition is current, and until when that counts; milliseconds since 1970.
    package let asOf: UInt64?
    package let validUntil: UInt64?
    /// Why it is too stale to say or not covered, where age is not the reason.
    package var reason: LookupReason?
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
}

package struct LookupResult: Sendable {
    package let receipt: String
    package let answeredAt: UInt64
    package let lists: [LookupListAnswer]
    /// Effective records about the subject held here, by item number.
    package let records: [(item: UInt32, count: Int)]
    /// Of a person: a hit must be confirmed online or by telephone before any adverse act.
    package let confirm: Bool
    /// How long the answer took without its line in the log, digests of a person included. For measurement only.
    package let took: Duration
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
        try check(actor)
        guard !purpose.isEmpty, purpose.utf8.count <= 400, caseNumber.utf8.count <= 100 else {
            throw NodeRefusal(.badInput, "lookup-purpose", zh: "查询须写明用途", en: "a look-up states its purpose", hint: "--purpose 例如 “政府采购资格审查”")
        }
        let now = environment.now(), clock = ContinuousClock(), began = clock.now
        let key = try subjectKey(subject).lookupText
        let digests = try personDigests(subject, actor, now)
        let (lists, records) = try store.read { tx in
            let latest = try tx.latestSignedTime(above: path)
            let age = LookupAge(now: now, today: environment.today, clockIsBehind: now + Self.clockTolerance < latest)
            let entries = digests == nil ? try tx.entries(subject: key) : []
            let lists = try tx.lists().map { list in
                try answer(list, digests, entries, age, tx)
            }
            return (lists, try tx.recordCounts(subject: key))
        }
        let took = began.duration(to: clock.now)
        let answers = lists.isEmpty ? [LookupListAnswer(list: nil, verdict: .notCovered, hits: [], edition: nil, asOf: nil, validUntil: nil)] : lists
        let receipt = "\(path.name.uppercased())-\(Hex.encode(try environment.random(6)).uppercased())"
        let text = answers.map { "\($0.list?.opened.code ?? "-")=\($0.verdict.rawValue)" }.joined(separator: " ")
        let entry = LookupEntry(
            receipt: receipt, time: now, unit: actor.unit, operator: actor.operator, purpose: purpose, caseNumber: caseNumber, subject: key, answer: text)
        try store.write { tx in
            // Asked again where it is counted, so that questions at the same time cannot pass it together.
            if digests != nil { try checkPersonLimit(actor, now, tx) }
            let previous = try tx.lastLookupDigest()
            try tx.append(entry, previous: previous, digest: digest(entry.message(previous: previous)))
        }
        return LookupResult(receipt: receipt, answeredAt: now, lists: answers, records: records, confirm: digests != nil, took: took)
    }

    // MARK: - Persons

    /// The person's digest under each list key that a list held here is looked up by; nil for others than persons.
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

    // MARK: - One list

    private struct LookupAge {
        let now: UInt64
        let today: CivilDate
        let clockIsBehind: Bool
    }

    private func answer(
        _ list: ListRow, _ digests: [UInt32: (digest: Digest, check: Digest)]?, _ entries: [ListEntryRow], _ age: LookupAge, _ tx: ReadTransaction
    ) throws -> LookupListAnswer {
        let edition = try tx.newestEdition(of: list.id)
        let statement = try tx.statement(slot: Self.freshnessSlot(list.id))
        func give(_ verdict: LookupVerdict, _ hits: [ListEntryRow] = [], reason: LookupReason? = nil) -> LookupListAnswer {
            LookupListAnswer(list: list, verdict: verdict, hits: hits, edition: edition, asOf: statement?.issuedAt, validUntil: statement?.validUntil, reason: reason)
        }
        guard let edition else { return give(.notCovered) }
        guard let statement, !age.clockIsBehind, statement.validUntil >= age.now, isCurrent(edition, statement) else { return give(.tooStaleToSay) }
        guard try tx.listCounts(list.id).confirmed else { return give(.tooStaleToSay, reason: .editionDiffers) }
        guard try hasRemovals(statement, tx) else { return give(.tooStaleToSay, reason: .removalsWithheld) }
        var found = entries.filter { $0.list == list.id }
        if let digests, edition.epoch > 0 {
            guard let own = digests[edition.epoch] else { return give(.tooStaleToSay, reason: .noListKey) }
            guard own.check == edition.keyCheck else { return give(.tooStaleToSay, reason: .wrongListKey) }
            let coverage = try tx.coverage(of: list.id, epoch: edition.epoch)
            guard UInt64(exactly: coverage.covered - coverage.beyond) == edition.persons else { return give(.tooStaleToSay, reason: .digestsIncomplete) }
            found = try tx.entries(listed: own.digest).filter { $0.epoch == edition.epoch && $0.entry.list == list.id }.map(\.entry)
        }
        let hits = found.filter { $0.published && !$0.removed && $0.since <= age.today && ($0.until.map { age.today <= $0 } ?? true) }
        return give(hits.isEmpty ? .notOnTheList : .onTheList, hits)
    }

    /// Whether the statement speaks of the edition that is held, not of a newer one still on its way.
    private func isCurrent(_ edition: ListEditionRow, _ row: StatementRow) -> Bool {
        guard let statement = try? Statement.read(row.signed.content), case .freshness(_, let number, let digest, _) = statement.kind else { return false }
        return number == edition.number && digest == edition.digest
    }

    /// Whether the issuer's relief ledgers are held as far as its statement names them.
    private func hasRemovals(_ row: StatementRow, _ tx: ReadTransaction) throws -> Bool {
        guard let statement = try? Statement.read(row.signed.content), case .freshness(_, _, _, let tips) = statement.kind else { return false }
        return try tips.allSatisfy { tip in
            switch tip.ledger.lane {
            case .ordinary: true
            case .relief: try tx.tip(of: tip.ledger).sequence >= tip.tip.sequence
            }
        }
    }
}
