import Registry
import Replication

/// What the simulator knows by itself of what happened, to compare the nodes with. Only what was confirmed to a clerk
/// stands here.
struct Model {
    struct Paper {
        let id: Dot
        let home: NodePath
        let code: String
        let number: String
        /// Unit that decided, by the paper.
        let authority: String
        /// The change that made a draft effective, and never left its node before.
        var approval: Dot?
    }

    /// Effective records, in the order in which they were entered.
    var papers: [Paper] = []
    var drafts: [(node: NodePath, code: String, number: String, authority: String, id: Dot)] = []
    /// Drafts that were handed to a reviewer.
    var handedIn: Set<Dot> = []
    /// What each node confirmed.
    var confirmed: [NodePath: [Dot]] = [:]
    /// Of each record, its competent revocations.
    var revocations: [Dot: [Dot]] = [:]
    /// Of each record, its competent approvals of a repair, and its withdrawals with the approvals they saw.
    var approvals: [Dot: [Dot]] = [:]
    var withdrawals: [Dot: [(change: Dot, saw: Set<Dot>)]] = [:]
    /// Of each record, objections with the numbers of their receipts.
    var objections: [Dot: [(change: Dot, receipt: String, at: NodePath)]] = [:]
    /// Corrections by others than the deciding unit, below R2: they never count.
    var offers: Set<Dot> = []
    /// Removals from lists: the change, and whom it removes.
    var removals: [(change: Dot, list: Dot, subject: String, document: String)] = []
    var listed: [(list: String, node: NodePath, subject: CreditCode, document: String)] = []
    /// Versions that forms were filled from a while ago.
    var forms: [(node: NodePath, record: Dot, version: Context)] = []
    /// Images of disks, with how much their node had confirmed by then.
    var images: [NodePath: (files: [String: [UInt8]], confirmed: Int)] = [:]
    /// Confirmed changes that a restore lost before anybody else had them.
    var lost: Set<Dot> = []
    /// Separations: a change on each of the two records.
    var separations: [(changes: [Dot], records: Set<Dot>)] = []
    /// Work taken in at a window off the path of a record: what was filed, under which number, for which paper.
    var filings: [(change: Dot, receipt: String, at: NodePath, paper: Paper, isObjection: Bool)] = []
    /// Of each record, the orders that purged it.
    var purges: [Dot: [Dot]] = [:]
    /// Wishes of subjects not to have honours recorded, and who withdrew one.
    var wishes: [(change: Dot, at: NodePath, company: Int)] = []
    var changedTheirMind: Set<Int> = []
    /// Releases from quarantine.
    var releases: [(ruling: Dot, change: Dot, rule: String)] = []
    /// Units that others succeeded, by code.
    var successions: [String: String] = [:]
    /// Whether an edition withdrew an item.
    var hasWithdrawals = false
    var numbers = 0

    /// Whether a unit decides on a paper: the one that the paper names, or who has its duties.
    func isDeciding(_ unit: String, on paper: Paper) -> Bool {
        unit == paper.authority || (successions[paper.authority].map { $0 == unit } ?? false)
    }

    /// Whether an order to destroy the record was given that nobody lost.
    func isPurged(_ record: Dot) -> Bool { purges[record].map { !$0.isEmpty } ?? false }

    /// Whether a lost disk took the half of a separation that stands with the other record.
    func isHalfSeparated(_ record: Dot) -> Bool { separations.contains { $0.records.contains(record) && !lost.isDisjoint(with: $0.changes) } }

    /// Papers of one decision, the purged ones too.
    func papers(like one: Paper) -> [Paper] { papers.filter { $0.number == one.number && $0.authority == one.authority && $0.code == one.code } }
}
