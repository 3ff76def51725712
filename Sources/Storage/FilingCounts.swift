import GRDB
import Registry
import Replication

/// How many filings are held.
package struct FilingCounts: Sendable, Hashable {
    package var all = 0
    /// Of them those that have reached no record, as far as is known here.
    package var open = 0

    package init(all: Int = 0, open: Int = 0) { (self.all, self.open) = (all, open) }
}

extension ReadTransaction {
    private static let isOpen = """
        NOT EXISTS (SELECT 1 FROM filing_answer a WHERE a.replica = filing.replica AND a.counter = filing.counter AND a.state >= \(FilingState.taken.rawValue))
        AND NOT EXISTS (SELECT 1 FROM filing_route r WHERE r.replica = filing.replica AND r.counter = filing.counter)
        """

    /// For a node's status: counted without reading a body.
    package func filingCounts() throws -> FilingCounts {
        let all = try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM filing")) ?? 0
        if all == 0 { return FilingCounts() }
        return FilingCounts(all: all, open: try Int.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM filing WHERE \(Self.isOpen)")) ?? 0)
    }

    /// Filings that have reached no record, then those taken at `path`, latest first; at most `limit` in all.
    package func filingsToShow(of path: NodePath, limit: Int) throws -> [Dot] {
        let open = try Row.fetchAll(db.cachedStatement(sql: "SELECT replica, counter FROM filing WHERE \(Self.isOpen) ORDER BY replica, counter LIMIT ?"), arguments: [limit])
        let own = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT filing.replica, filing.counter FROM filing JOIN replica ON replica.id = filing.replica WHERE replica.path = ?
                    ORDER BY filing.replica DESC, filing.counter DESC LIMIT ?
                    """), arguments: [path.description, limit])
        var shown: [Dot] = []
        for row in open + own where shown.count < limit {
            let id = try dot(row[0], row[1])
            if !shown.contains(id) { shown.append(id) }
        }
        return shown
    }
}
