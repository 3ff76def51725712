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
    }

    /// Effective records, in the order in which they were entered.
    var papers: [Paper] = []
    var drafts: [(node: NodePath, code: String, number: String, authority: String, id: Dot)] = []
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
    var numbers = 0
}
