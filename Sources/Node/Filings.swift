import Registry
import Replication
import Storage

/// How a record is named at a window whose node does not hold it.
package struct RecordAddress: Sendable {
    /// Code of the catalogue item.
    package var item: String
    package var document: String
    /// Code of the deciding unit.
    package var authority: String
    package var subject: Subject
    /// Number of the permit or entry, where one document has several.
    package var itemNumber: String
    /// Values of the item's key fields, for items without document numbers.
    package var keys: [String]
    /// The node of the deciding unit, where it is known.
    package var home: NodePath?

    package init(item: String, document: String, authority: String, subject: Subject, itemNumber: String = "", keys: [String] = [], home: NodePath? = nil) {
        self.item = item
        self.document = document
        self.authority = authority
        self.subject = subject
        self.itemNumber = itemNumber
        self.keys = keys
        self.home = home
    }
}

/// A filing with what is known of it here.
package struct FilingReport: Sendable {
    package struct Answer: Sendable {
        package let author: NodePath
        package let answer: FilingAnswer
    }

    package let id: Dot
    package let filing: Filing
    package let actor: Actor
    /// Milliseconds since 1970.
    package let capturedAt: UInt64
    package let judgement: Judgement
    package let routes: [FilingRoute]
    /// What nodes above said, ascending by author.
    package let answers: [Answer]

    /// The furthest it is known to have come; nil while nobody above said anything.
    package var state: FilingState? { answers.map(\.answer.state).max { $0.rawValue < $1.rawValue } }
    /// The answer that says so.
    package var answer: FilingAnswer? { answers.map(\.answer).max { $0.state.rawValue < $1.state.rawValue } }
}

extension Node {
    /// What relief names of a record that is not held: the digest of its natural key, and the deciding unit.
    /// - Throws: ``NodeRefusal`` for an unknown item, no authority, or no document number.
    package func target(of address: RecordAddress) throws -> ReliefTarget {
        let catalogue = try currentCatalogue().catalogue
        guard let item = catalogue.item(code: address.item) else {
            throw NodeRefusal(.notFound, "no-such-item", zh: "目录中没有事项 \(address.item)", en: "the catalogue has no item \(address.item)", hint: catalogue.items.map(\.code).joined(separator: ", "))
        }
        guard case .valid = CreditCode.parse(address.authority) else {
            throw NodeRefusal(.badInput, "filing-authority", zh: "决定机关代码无效：\(address.authority)", en: "the deciding unit has no valid code: \(address.authority)", hint: "--authority")
        }
        let document = Normalisation.documentNumber(address.document)
        guard !document.isEmpty || (item.roles.documentNumber == nil && address.keys.count == item.keyFields.count && !address.keys.isEmpty) else {
            throw NodeRefusal(.badInput, "filing-document", zh: "须写明决定文书号", en: "the decision is named by its document number", hint: "--document")
        }
        let key = NaturalKey(
            kind: item.code, authority: address.authority, document: document, subject: try subjectKey(address.subject), itemNumber: address.itemNumber,
            keys: address.keys)
        return ReliefTarget(naturalKey: digest(key.bytes), authority: address.authority)
    }

    /// The record that an address names, when it is held here and its changes pass here; nil = its acts must be filed.
    package func record(at address: RecordAddress) throws -> Dot? {
        let target = try target(of: address)
        return try store.read { tx in
            try tx.records(naturalKey: target.naturalKey.leading(NaturalKey.indexedBytes)).first { $0.validity >= .effective && (address.home ?? $0.home) == $0.home }?.id
        }
    }

    /// Takes in an act on a record that this node does not hold: it goes up this node's own line until a node knows the
    /// record, and is re-issued to it from there. What becomes of it comes back.
    /// - Parameter make: gives the act from what relief names, and today's date.
    /// - Throws: ``NodeRefusal``: bad input, the record is held here, an act that is not taken off a record's path.
    package func file(at address: RecordAddress, actor: Actor, making make: (ReliefTarget, CivilDate) throws -> RecordAct) throws -> Dot {
        try check(actor)
        let target = try target(of: address)
        if let held = try record(at: address) {
            throw NodeRefusal(.refused, "record-held", zh: "本节点持有该记录，请直接办理", en: "the record is held here: act on it directly", hint: "\(held)")
        }
        guard let filing = Filing(target: target, home: address.home, act: try make(target, environment.today)) else {
            throw NodeRefusal(
                .refused, "not-filed", zh: "此项只能在记录所经节点办理", en: "this is done only at a node that the record passes", hint: "object, review, repair apply, litigation")
        }
        guard !filing.receipt.isEmpty else {
            throw NodeRefusal(.badInput, "no-receipt", zh: "须给出受理编号（T8）", en: "it is taken with a receipt number (T8)", hint: "--receipt")
        }
        var upTo = 1
        if let home = address.home {
            guard let meeting = home.commonAncestor(with: path) else {
                throw NodeRefusal(.badInput, "home", zh: "\(home) 不属于本联邦", en: "\(home) is of another federation", hint: "--home-path")
            }
            upTo = meeting.depth
        }
        return try writing { tx in
            let editions = try tx.newestEdition(.catalogue).map { try self.editions(for: actor, catalogue: $0.digest, tx) } ?? []
            let change = Change(
                context: try known(filing, tx), actor: actor, capturedAt: environment.now(), editions: editions, kind: .federation(.filing(filing)))
            let written = try append([change], to: .lineage(of: path, upTo: upTo), lane: filing.act.lane, tx)
            return (written.dots, written.tip)
        }[0]
    }

    /// What the window knew of the record when it wrote: earlier filings of its own, and the replies it was told of. One that
    /// objects again after a reply opens the case anew.
    private func known(_ filing: Filing, _ tx: ReadTransaction) throws -> Context {
        var dots: Set<Dot> = []
        for row in try tx.filings(naturalKey: filing.indexedKey) where row.id.replica.path == path {
            dots.insert(row.id)
            for answer in try tx.answers(to: row.id) {
                if case .federation(.answer(let said))? = try change(answer.change, tx)?.change.kind, let reply = said.reply { dots.insert(reply.change) }
            }
        }
        let chains = Dictionary(grouping: dots, by: \.replica).sorted { $0.key < $1.key }
        return Context(holding: chains.map { ($0.key, $0.value.map { ($0.counter, .max) }) })
    }

    /// Puts a filing on a record by hand: where its natural key is nobody's, or several records could be meant.
    /// - Throws: ``NodeRefusal``: no such filing or record, on a record already, no second person, not above both.
    package func assign(_ filing: Dot, to record: Dot, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "指定记录须经另一人审核", en: "choosing the record needs a reviewer", hint: "--reviewer")
        }
        return try writing { tx in
            guard let held = try change(filing, tx), case .federation(.filing(let filed)) = held.change.kind, try tx.filing(filing) != nil else {
                throw NodeRefusal(.notFound, "no-such-filing", zh: "没有异地受理件 \(filing)", en: "there is no filing \(filing)", hint: "creditnode filings")
            }
            guard try tx.routes(of: filing).isEmpty, try !tx.answers(to: filing).contains(where: \.state.isTaken) else {
                throw NodeRefusal(.refused, "taken-already", zh: "该件已转到记录", en: "the filing is on its record already", hint: "creditnode filings")
            }
            guard let row = try tx.record(record) else { throw Self.noRecord(record) }
            guard path.isAncestorOrSelf(of: row.home), path.isAncestorOrSelf(of: filing.replica.path) else {
                throw NodeRefusal(.refused, "not-competent", zh: "本节点不在两者之上", en: "this node is not above both", hint: "\(row.home)")
            }
            guard let tip = try reissue(held, filing, filed, to: record, assignedBy: actor, tx) else {
                throw NodeRefusal(.refused, "not-on-path", zh: "该记录不经过本节点，或受理内容已清除", en: "the record's changes do not pass this node, or the filing was erased")
            }
            return (try tx.routes(of: filing).map(\.change), tip)
        }[0]
    }

    /// Filings held here, ascending by id; with `open` those that have reached no record as far as is known.
    package func filings(open: Bool = false) throws -> [FilingReport] {
        try store.read { tx in
            try tx.filings().compactMap { try report(on: $0, tx) }.filter { !open || !($0.state?.isTaken ?? !$0.routes.isEmpty) }
        }
    }

    package func filing(_ id: Dot) throws -> FilingReport {
        guard let report = try store.read({ tx in try tx.filing(id).flatMap { try report(on: $0, tx) } }) else {
            throw NodeRefusal(.notFound, "no-such-filing", zh: "没有异地受理件 \(id)", en: "there is no filing \(id)", hint: "creditnode filings")
        }
        return report
    }

    /// nil when it is not held, or was erased.
    package func report(on id: Dot, _ tx: ReadTransaction) throws -> FilingReport? { try tx.filing(id).flatMap { try report(on: $0, tx) } }

    private func report(on row: FilingRow, _ tx: ReadTransaction) throws -> FilingReport? {
        guard let held = try change(row.id, tx), case .federation(.filing(let filing)) = held.change.kind else { return nil }
        let answers = try tx.answers(to: row.id).compactMap { answer -> FilingReport.Answer? in
            guard case .federation(.answer(let said))? = try change(answer.change, tx)?.change.kind else { return nil }
            return FilingReport.Answer(author: answer.author, answer: said)
        }
        return FilingReport(
            id: row.id, filing: filing, actor: held.change.actor, capturedAt: held.change.capturedAt, judgement: try tx.pending(row.id) ?? .accepted,
            routes: try tx.routes(of: row.id), answers: answers)
    }
}
