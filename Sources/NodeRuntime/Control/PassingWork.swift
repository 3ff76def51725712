/// Work on records held elsewhere, and replicas whose past was written twice, for a node's status.
package struct PassingWork: Codable, Sendable {
    /// Filings held here, and of them those that have reached no record as far as is known.
    package var filings: Int
    package var open: Int
    /// Replicas whose past was written twice, and of them those whose later changes wait for a person.
    package var forks: Int
    package var heldBack: Int
    /// Those that wait, then those taken here, latest first; at most eight.
    package var filingLines: [FilingsCommand.Line]
    package var forkLines: [ForksCommand.Line]

    package var isEmpty: Bool { filings == 0 && forks == 0 }

    package init(filings: Int, open: Int, forks: Int, heldBack: Int, filingLines: [FilingsCommand.Line], forkLines: [ForksCommand.Line]) {
        self.filings = filings
        self.open = open
        self.forks = forks
        self.heldBack = heldBack
        self.filingLines = filingLines
        self.forkLines = forkLines
    }
}
