import Registry
import Replication
import Storage

extension Projector {
    func accept(_ act: FederationAct, _ dot: Dot) throws {
        switch act {
        case .filing(let filing): try keep(filing, dot)
        case .answer(let answer):
            guard let author = try tx.changeSet(holding: dot)?.ledger.replica.path else { return }
            try tx.put(FilingAnswerRow(author: author, number: answer.number, state: answer.state, change: dot), to: answer.filing)
            // It has reached its record, wherever that is: here it waits no longer.
            if answer.state.isTaken, let filing = try tx.filing(answer.filing) { try judgeAgain(waitingFor: .record(filing.naturalKey)) }
        case .quarantine(.notice(let notice)):
            for counter in notice.counters {
                let told = Dot(replica: notice.replica, counter: counter)
                try tx.put(QuarantineNoticeRow(change: told, author: dot.replica.path, rule: notice.rule, detail: notice.detail))
            }
        case .quarantine(.ruling(let ruling)):
            try tx.put(QuarantineRulingRow(change: ruling.change, rule: ruling.rule, outcome: ruling.outcome, ruling: dot, reason: ruling.reason))
            if case .quarantined? = try tx.pending(ruling.change) { try judgeAgain(ruling.change) }
        case .forkReport(let report):
            let replica = report.entry.header.ledger.replica
            try tx.put(ForkReportRow(replica: replica, report: dot, changes: report.changes))
            tx.forkReportsDue.insert(dot)
            if replica.path == node.path {
                try takeBack(replica, beyond: report.entry.header.firstCounter - 1) { try node.isLost($0, tx) ? .lostBranch(replica) : nil }
            }
            let rulings = try tx.forkRulings(of: replica)
            guard try rulings.isEmpty || tx.heldBack(beyond: replica) != nil else { return }
            for key in report.suspends { try tx.suspend(naturalKey: key.leading(NaturalKey.indexedBytes), by: dot) }
        case .forkRuling(let ruling):
            try tx.put(ForkRulingRow(replica: ruling.replica, ruling: dot, through: ruling.through, goesOn: ruling.goesOn, reason: ruling.reason))
            // Up to the counter that was receipted, or all of it.
            try judgeAgain(waitingFor: .ruling(ruling.replica))
            if let last = try tx.heldBack(beyond: ruling.replica) {
                return try takeBack(ruling.replica, beyond: last) { try node.isLost($0, tx) ? nil : .waiting(.ruling($0.replica)) }
            }
            for report in try tx.forkReports() where report.replica == ruling.replica { try tx.endSuspensions(by: report.report) }
        // Said of a record, and taken with its changes.
        case .kinship, .noted: break
        }
    }

    /// Keeps a filing where it passes, whether its record is here or not.
    func keep(_ filing: Filing, _ dot: Dot) throws {
        try tx.put(FilingRow(id: dot, naturalKey: filing.indexedKey, act: filing.act.name, receipt: filing.receipt))
        tx.filingsDue.insert(dot)
        if try tx.anythingWaits() { try judgeAgain(waitingFor: .change(dot)) }
    }

    /// A record stands here under a natural key: filings that name it are judged again, and may have to be passed on or answered.
    func stands(_ record: Dot, _ naturalKey: [UInt8], _ validity: Validity) throws {
        guard validity >= .effective, try tx.anyFilings() else { return }
        if try tx.anythingWaits() { try judgeAgain(waitingFor: .record(naturalKey)) }
        for filing in try tx.filings(naturalKey: naturalKey) { tx.filingsDue.insert(filing.id) }
    }

    /// Something was said of a record: whoever filed something about it may be owed an answer.
    func concern(filingsOn record: Dot) throws {
        guard try tx.anyFilings(), let row = try tx.record(record) else { return }
        for filing in try tx.filings(naturalKey: row.naturalKey) { tx.filingsDue.insert(filing.id) }
        for filing in try tx.filings(on: record) { tx.filingsDue.insert(filing) }
    }
}
