import Registry
import Replication
import Storage

/// What answers about a list have in common, whoever is asked about.
package struct ListFacts: Sendable {
    package let list: ListRow
    /// nil before the first publication.
    package let edition: ListEditionRow?
    /// When the issuer last said the edition is current, and until when that counts; milliseconds since 1970.
    package let asOf: UInt64?
    package let validUntil: UInt64?
    /// The statement speaks of the edition that is held, not of a newer one still on its way.
    let isCurrent: Bool
    /// The entries held are those the edition speaks of.
    let isConfirmed: Bool
    /// The issuer's relief ledgers are held as far as its statement names them.
    let hasRemovals: Bool
    /// Digests of persons of the edition's epoch are complete.
    let hasDigests: Bool
}

/// Everything a look-up needs that does not depend on its subject, read once and kept while nothing was written but the
/// log of look-ups itself. Ages are not part of it: they are judged at each question.
struct LookupFacts: Sendable {
    /// ``WriteTransaction/changeStamp`` up to which it is true.
    var stamp: Int64
    let lists: [ListFacts]
    /// Latest time that others signed.
    let latestSigned: UInt64
    /// Latest receipt of the parent.
    let lastReceipt: UInt64?
    /// The newest catalogue, and its items' codes.
    let catalogue: Digest?
    let items: [UInt32: String]
    /// Whether any two codes are known to be one organisation.
    let hasAliases: Bool
    /// How many users of each unit must be told that an answer has changed (M45).
    let openNotices: [String: Int]
    /// Proposals about list entries that nobody answered yet.
    let objections: [ListProposalRow]
    /// What was resolved since the stamp, of this day.
    var resolved = ResolvedRecords(day: .earliest)
}

extension Node {
    /// The facts as of this transaction. Every write of the process passes the one writer and moves the stamp, so facts
    /// with the transaction's stamp are those that it would read anew.
    func lookupFacts(_ tx: WriteTransaction) throws -> LookupFacts {
        let kept = keptFacts.withLock { $0 }
        if let kept, kept.stamp == tx.changeStamp { return kept }
        // So that the asking unit hears at once of relief that came since its last question (M45).
        try matchRelief(limit: 16, tx)
        let stamp = tx.changeStamp
        let newest = try tx.newestEdition(.catalogue)?.digest
        var items: [UInt32: String] = [:]
        if let kept, kept.catalogue == newest {
            items = kept.items
        } else if let newest, let catalogue = catalogue(newest, tx)?.catalogue {
            items = Dictionary(catalogue.items.map { ($0.number, $0.code) }, uniquingKeysWith: { first, _ in first })
        }
        return LookupFacts(
            stamp: stamp, lists: try tx.lists().map { try facts($0, tx) }, latestSigned: try tx.latestSignedTime(above: path),
            lastReceipt: try tx.durability().map(\.time).max(), catalogue: newest, items: items,
            hasAliases: try tx.hasAliases(), openNotices: try tx.openNotices(), objections: try tx.openListObjections())
    }

    private func facts(_ list: ListRow, _ tx: ReadTransaction) throws -> ListFacts {
        let edition = try tx.newestEdition(of: list.id)
        let row = try tx.statement(slot: Self.freshnessSlot(list.id))
        var isCurrent = false, hasRemovals = false
        if let edition, let row, let statement = try? Statement.read(row.signed.content), case .freshness(_, let number, let digest, let tips) = statement.kind {
            isCurrent = number == edition.number && digest == edition.digest
            hasRemovals = try tips.allSatisfy { tip in
                switch tip.ledger.lane {
                case .ordinary: true
                case .relief: try tx.tip(of: tip.ledger).sequence >= tip.tip.sequence
                }
            }
        }
        var hasDigests = true
        if let edition, edition.epoch > 0 {
            let coverage = try tx.coverage(of: list.id, epoch: edition.epoch)
            hasDigests = UInt64(exactly: coverage.covered - coverage.beyond) == edition.persons
        }
        return ListFacts(
            list: list, edition: edition, asOf: row?.issuedAt, validUntil: row?.validUntil, isCurrent: isCurrent,
            isConfirmed: try tx.listCounts(list.id).confirmed, hasRemovals: hasRemovals, hasDigests: hasDigests)
    }
}
