import Registry
import Replication
import Storage

/// What may bring a wish and a record together that met at this node: the one that came, of either.
enum WishMeeting: Sendable {
    case wish(OptOutWish)
    /// A state of a record, by its dot.
    case record(Dot, subject: String)
}

extension Node {
    /// Takes a subject's wish not to have records of some items kept (M47), at any window.
    /// - Parameters:
    ///   - items: codes of catalogue items that allow it.
    ///   - receipt: number of the receipt given to the subject.
    /// - Returns: the change.
    /// - Throws: ``NodeRefusal``: an item that does not allow it, a wish that stands already, no catalogue.
    package func optOut(_ subject: Subject, items: [String], receipt: String, actor: Actor) throws -> Dot {
        try check(actor)
        let digest = identity.federationKeys.optOutDigest(try subjectKey(subject).lookupText)
        return try wish(receipt, actor) { catalogue, tx in
            let numbers = try items.map { code in
                guard let item = catalogue.item(code: code), item.optOutAllowed else {
                    let allowed = catalogue.items.filter(\.optOutAllowed).map(\.code).joined(separator: ", ")
                    throw NodeRefusal(
                        .refused, "no-opt-out", zh: "目录不允许主体拒绝记录该事项：\(code.prefix(40))", en: "the catalogue does not let a subject refuse this item: \(code.prefix(40))",
                        hint: "可拒绝的事项 / items that allow it: \(allowed)")
                }
                return item.number
            }
            if try numbers.allSatisfy({ try tx.hasOptOut(subject: digest, item: $0) }) {
                throw NodeRefusal(.refused, "opted-out-already", zh: "该意愿已登记", en: "this wish is recorded already", hint: "creditnode opt-out --withdraw")
            }
            return OptOutWish(subject: digest, items: numbers, receipt: receipt)
        }
    }

    /// The subject changed its mind: lifts the wishes held here that stand, and no other (a concurrent one goes on).
    /// - Throws: ``NodeRefusal`` when none is held here.
    package func withdrawOptOut(_ subject: Subject, items: [String], receipt: String, actor: Actor) throws -> Dot {
        try check(actor)
        let digest = identity.federationKeys.optOutDigest(try subjectKey(subject).lookupText)
        return try wish(receipt, actor) { catalogue, tx in
            let wanted = Set(items.compactMap { catalogue.item(code: $0)?.number })
            let standing = try tx.optOuts(subject: digest).filter { !wanted.isDisjoint(with: $0.items) }
            guard !standing.isEmpty else {
                throw NodeRefusal(
                    .notFound, "no-opt-out", zh: "本节点没有该主体的拒绝意愿", en: "no such wish of the subject is held here",
                    hint: "在受理意愿的窗口或其上级办理 / withdraw it where it was taken, or above")
            }
            return OptOutWish(subject: digest, items: standing.flatMap(\.items), receipt: receipt, withdraws: standing.map(\.origin))
        }
    }

    private func wish(_ receipt: String, _ actor: Actor, _ make: (Catalogue, ReadTransaction) throws -> OptOutWish) throws -> Dot {
        guard !receipt.isEmpty, receipt.utf8.count <= 100 else {
            throw NodeRefusal(.badInput, "no-receipt", zh: "受理须给出回执号", en: "a wish is accepted with a receipt number", hint: "--receipt")
        }
        return try announcing { tx in
            guard let newest = try tx.newestEdition(.catalogue), let inForce = catalogue(newest.digest, tx) else { throw Self.noCatalogue }
            let wish = try make(inForce.catalogue, tx)
            let change = Change(
                actor: actor, capturedAt: environment.now(), editions: try editions(for: actor, catalogue: newest.digest, tx), kind: .optOut(wish))
            let written = try append([change], to: .lineage(of: path, upTo: 1), lane: change.kind.lane, tx)
            return (written.dots[0], [written.tip] + (try handOn([.wish(wish)], tx)))
        }
    }

    /// Whether the subject of a decision does not want its item recorded.
    func isOptedOut(_ held: GatheredDecision, _ tx: ReadTransaction) throws -> Bool {
        guard try tx.anyOptOut() else { return false }
        return try held.rows.contains { try tx.hasOptOut(subject: identity.federationKeys.optOutDigest($0.subject), item: $0.item) }
    }

    // MARK: - Handing on

    /// Brings wishes to the homes of records they are about, where the two lines meet at this node: each once, under its origin and with the
    /// proof of who took it, in the transaction that brought the one or the other. Nobody else learns of them (guarantee 7).
    /// - Returns: tips of the ledgers that grew.
    func handOn(_ meetings: [WishMeeting], _ tx: WriteTransaction) throws -> [LedgerTip] {
        var homes: [Digest: Set<NodePath>] = [:]
        for meeting in meetings {
            switch meeting {
            case .wish(let wish):
                for item in wish.items {
                    for (subject, home) in try tx.subjects(of: item) where identity.federationKeys.optOutDigest(subject) == wish.subject {
                        homes[wish.subject, default: []].insert(home)
                    }
                }
            case .record(let dot, let subject): homes[identity.federationKeys.optOutDigest(subject), default: []].insert(dot.replica.path)
            }
        }
        var tips: [LedgerTip] = []
        for (subject, homes) in homes.sorted(by: { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }) {
            for (origin, copies) in try tx.optOutCopies(subject: subject) {
                let reached = try Set(copies.compactMap { try tx.ledger(holding: $0)?.audience.line })
                guard copies.contains(origin), let source = try change(origin, tx) else { continue }
                for home in homes.sorted() where home != path && !reached.contains(home) && origin.replica.path.commonAncestor(with: home) == path {
                    var copy = source.change
                    copy.origin = origin
                    copy.proof = try proof(of: origin, in: source.set, nil, assignedBy: nil, tx)
                    tips.append(try append([copy], to: .lineage(of: home, upTo: path.depth), lane: copy.kind.lane, tx).tip)
                }
            }
        }
        return tips
    }
}

extension Projector {
    func accept(_ wish: OptOutWish, _ change: Change, _ dot: Dot) throws {
        try tx.put(wish, origin: change.origin ?? dot, change: dot)
        erasing.met(wish)
    }
}

extension Audience {
    /// The node whose line it is; nil where it is no lineage.
    fileprivate var line: NodePath? {
        switch self {
        case .lineage(let of, _): of
        case .local, .published: nil
        }
    }
}
