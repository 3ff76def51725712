import Registry

extension RecordView {
    /// Canonical bytes of what does not read the date: equal views, equal bytes, on every machine. Text, one fact a line,
    /// with lengths where text is free, so that no two views share them.
    package var canonicalBytes: [UInt8] {
        var out = "view \(rulesVersion)\nid \(id)\nhome \(home)\nitem \(item)\nvalidity \(validity.rawValue)\nsubject \(free(subject.lookupText))\n"
        for alias in aliases { out += "alias \(alias)\n" }
        for field in fields { out += "\(field.number) \(field.value.canonicalText)\n" }
        out += "actor \(actor.unit) \(free(actor.operator)) \(free(actor.reviewer ?? ""))\n"
        if let edition { out += "edition \(edition)\n" }
        for dot in corrections { out += "correction \(dot)\n" }
        for conflict in conflicts {
            out += "conflict \(conflict.part.number) \(conflict.isMaterial ? "material" : "minor") \(conflict.lastAgreed?.canonicalText ?? "-")\n"
            for say in conflict.says { out += "  \(say.canonicalText)\n" }
        }
        for proposal in proposals { out += "proposal \(proposal.part.number) \(proposal.reason.rawValue) \(proposal.say.canonicalText)\n" }
        for one in revocations {
            out += "revoked \(one.rank.rawValue) \(one.authority) \(free(one.document)) \(free(one.reason)) \(one.effectiveOn?.description ?? "-")\n"
        }
        for dot in blocked { out += "blocked \(dot)\n" }
        if let kin { out += "kin \(kin.home) \(kin.others.map(\.description).joined(separator: " "))\n" }
        for one in cases { out += one.canonicalText }
        out += "dispute \(dispute.rawValue)\n"
        for number in litigation { out += "litigation \(free(number))\n" }
        out += "repair \(repair.rawValue)\nfulfilment \(fulfilment.rawValue)\n"
        for ticket in tickets { out += "ticket \(ticket.canonicalText)\n" }
        for dot in changes { out += "change \(dot)\n" }
        return Array(out.utf8)
    }
}

extension Shown {
    /// Canonical bytes of what reads the date.
    package var canonicalBytes: [UInt8] {
        var out = "as-of \(asOf)\nlabel \(label.rawValue)\npublication \(publication.rawValue)\n"
        for reason in reasons { out += "because \(reason.rawValue)\n" }
        out += "until \(publicUntil?.description ?? "-")\n"
        for one in replies { out += "reply \(one.id) \(one.due?.description ?? "-")\(one.isOverdue ? " overdue" : "")\n" }
        if isQueryableWhileListed { out += "queryable\n" }
        return Array(out.utf8)
    }
}

extension CaseView {
    fileprivate var canonicalText: String {
        var out = "case \(id) \(ground.name) \(fields.map(String.init).joined(separator: ",")) \(free(claimant)) \(status.rawValue)\(replyOwed ? " owed" : "")\n"
        for receipt in receipts { out += "  receipt \(receipt.change) \(receipt.at) \(free(receipt.number)) \(receipt.acceptedOn)\n" }
        for reply in replies { out += "  reply \(reply.change) \(reply.outcome.name) \(reply.rank.rawValue) \(reply.unit) \(reply.weight.rawValue)\n" }
        for dot in touched { out += "  touched \(dot)\n" }
        for dot in contradiction { out += "  contradiction \(dot)\n" }
        return out
    }
}

extension ContentSay {
    fileprivate var canonicalText: String { "\(change) \(unit) \(rank.rawValue) \(free(document)) \(value.canonicalText)" }
}

extension ContentValue {
    fileprivate var canonicalText: String {
        switch self {
        case .subject(let text): "s \(free(text))"
        case .field(let value): value.canonicalText
        case .empty: "-"
        }
    }
}

extension FieldValue {
    fileprivate var canonicalText: String {
        switch self {
        case .text(let text): "t \(free(text))"
        case .date(let date): "d \(date.daysSinceEpoch)"
        case .amount(let amount): "a \(amount.micros)"
        }
    }
}

private func free(_ text: String) -> String { "\(text.utf8.count):\(text)" }
