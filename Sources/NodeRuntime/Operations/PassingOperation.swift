import Node
import Storage

extension NodeService {
    /// Filings and forks for the status; filings looked at again at most every two seconds, for pages ask as often.
    func passingWork() throws -> PassingWork {
        let clock = ContinuousClock()
        if let kept = keptPassing.withLock({ $0 }), clock.now - kept.at < .seconds(2) { return kept.work }
        let (counts, shown) = try node.store.read { tx -> (FilingCounts, [FilingsCommand.Line]) in
            let counts = try tx.filingCounts()
            guard counts.all > 0 else { return (counts, []) }
            return (counts, try tx.filingsToShow(of: node.path, limit: 8).compactMap { try node.report(on: $0, tx).map(line) })
        }
        let forks = try node.forks().map { line($0) as ForksCommand.Line }
        let work = PassingWork(
            filings: counts.all, open: counts.open, forks: forks.count, heldBack: forks.count { $0.state == "held-back" }, filingLines: shown,
            forkLines: Array(forks.prefix(8)))
        keptPassing.withLock { $0 = (clock.now, work) }
        return work
    }
}
