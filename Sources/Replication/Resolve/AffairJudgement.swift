import Registry

/// Judges what units say beside records: form, ledger, who may say it.
func judge(_ affair: Affair, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    if change.record != nil { return .quarantined(rule: "malformed", detail: "a \(affair.name) is an object of its own") }
    if change.actor.reviewer == nil { return .quarantined(rule: "four-eyes", detail: "a \(affair.name) needs a reviewer") }
    if let fault = placeFault(change, ledger.replica.path, circumstances) { return fault }
    switch affair {
    case .listProposal(let proposal): return judge(proposal, ledger, circumstances)
    case .listReply(let reply): return judge(reply, change, ledger, circumstances)
    case .alias(let alias): return judge(alias, change, ledger, circumstances)
    case .measureOpened(let measure): return judge(measure, ledger)
    case .measureClosed(let closed):
        guard ledger.replica.path == closed.opened.replica.path else {
            return .quarantined(rule: "not-competent", detail: "the case belongs to \(closed.opened.replica.path)")
        }
        guard ledger.audience == .lineage(of: ledger.replica.path, upTo: 1) else { return .quarantined(rule: "wrong-audience", detail: "a case goes up to the root") }
        if closed.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a closing states its reason") }
        return circumstances.holds(closed.opened) ? .accepted : .waiting(.change(closed.opened))
    case .disclosure(let narrowed): return judge(narrowed, ledger, circumstances)
    }
}

private func judge(_ proposal: ListProposal, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    let issuer = proposal.list.replica.path
    guard ledger.audience == ListProposal.audience(from: ledger.replica.path, to: issuer) else {
        return .quarantined(rule: "wrong-audience", detail: "a proposal goes to the list's issuer \(issuer)")
    }
    if proposal.document.isEmpty { return .quarantined(rule: "list-document", detail: "a proposal names the decision document (T19)") }
    if proposal.reason.isEmpty { return .quarantined(rule: "proposal-reason", detail: "a proposal states its reason") }
    guard case .valid = CreditCode.parse(proposal.authority) else { return .quarantined(rule: "list-authority", detail: "who decided has no valid code") }
    switch proposal.subject {
    case .organisation, .unregistered: break
    case .person(let person):
        guard issuer.isAncestorOrSelf(of: person.sealedAt) else {
            return .quarantined(rule: "person-sealed", detail: "the list's issuer \(issuer) cannot read what is sealed at \(person.sealedAt)")
        }
    case .listed: return .quarantined(rule: "subject-kind", detail: "a proposal names its subject, not a digest of a list")
    }
    return circumstances.holds(proposal.list) ? .accepted : .waiting(.change(proposal.list))
}

private func judge(_ reply: ListReply, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard ledger.replica.path == reply.list.replica.path else { return .quarantined(rule: "not-competent", detail: "the list belongs to \(reply.list.replica.path)") }
    guard ledger.audience == ListProposal.audience(from: reply.proposal.replica.path, to: ledger.replica.path) else {
        return .quarantined(rule: "wrong-audience", detail: "an answer goes back where the proposal came from")
    }
    if reply.reason.isEmpty { return .quarantined(rule: "proposal-reason", detail: "an answer states its reason") }
    if (reply.outcome == .adopted) != (reply.result != nil) { return .quarantined(rule: "malformed", detail: "an adoption, and nothing else, names what carries it out") }
    guard let list = circumstances.list(reply.list) else { return .waiting(.change(reply.list)) }
    if let fault = listingFault(list, change, ledger.replica.path, circumstances) { return fault }
    return circumstances.holds(reply.proposal) ? .accepted : .waiting(.change(reply.proposal))
}

/// The keeper of the base register says it; while no unit registry is named, the root (M38).
private func judge(_ alias: SubjectAlias, _ change: Change, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard ledger.audience == .published else { return .quarantined(rule: "wrong-audience", detail: "an alias is published") }
    if alias.oldCode == alias.newCode { return .quarantined(rule: "malformed", detail: "an alias of itself") }
    if alias.document.isEmpty { return .quarantined(rule: "no-document", detail: "an alias names the document of the change of registration") }
    switch registries(change, circumstances) {
    case .waiting(let edition): return .waiting(.edition(edition))
    case .none: return ledger.replica.path.depth == 1 ? .accepted : .quarantined(rule: "not-competent", detail: "only the keeper of the base register links codes")
    case .named(let all):
        for registry in all where !isIn(.baseRegister, change.actor, registry) {
            return .quarantined(rule: "not-competent", detail: "unit \(change.actor.unit) does not keep the base register, says the registry's edition \(registry.number)")
        }
        return .accepted
    }
}

private func judge(_ measure: MeasureOpened, _ ledger: LedgerID) -> Judgement {
    guard ledger.audience == .lineage(of: ledger.replica.path, upTo: 1) else { return .quarantined(rule: "wrong-audience", detail: "a case goes up to the root") }
    if measure.receipt.isEmpty { return .quarantined(rule: "no-receipt", detail: "a case names the receipt of the look-up it rests on") }
    if measure.purpose.isEmpty || measure.measure.isEmpty { return .quarantined(rule: "malformed", detail: "a case names purpose and measure") }
    if !measure.isApplied, measure.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "why a measure was not applied is stated") }
    if case .listed = measure.subject { return .quarantined(rule: "subject-kind", detail: "a case names its subject, not a digest of a list") }
    return .accepted
}

private func judge(_ narrowed: DisclosureNarrowed, _ ledger: LedgerID, _ circumstances: Circumstances) -> Judgement {
    guard ledger.replica.path.depth > 1 else { return .quarantined(rule: "not-competent", detail: "the root issues a catalogue edition instead") }
    guard ledger.audience == .published else { return .quarantined(rule: "wrong-audience", detail: "what is shown less widely is published") }
    if narrowed.reason.isEmpty { return .quarantined(rule: "no-reason", detail: "a narrower disclosure states its reason") }
    guard let held = circumstances.edition(narrowed.edition) else { return .waiting(.edition(narrowed.edition)) }
    guard case .catalogue(let catalogue) = held, let item = catalogue.item(narrowed.item)?.item else {
        return .quarantined(rule: "unknown-item", detail: "item \(narrowed.item) is not in the edition named")
    }
    guard narrowed.disclosure.rawValue > item.disclosure.rawValue else {
        return .quarantined(rule: "not-narrower", detail: "\(narrowed.disclosure.name) is no narrower than \(item.disclosure.name); only the root widens (M40)")
    }
    return .accepted
}

// MARK: - Competence by the registries that are named

enum NamedRegistries {
    case none
    case waiting(Digest)
    case named([UnitRegistry])
}

/// The unit registries among the editions a change names.
func registries(_ change: Change, _ circumstances: Circumstances) -> NamedRegistries {
    var found: [UnitRegistry] = []
    for edition in change.editions {
        switch circumstances.edition(edition) {
        case nil: return .waiting(edition)
        case .units(let registry)?: found.append(registry)
        case .catalogue?, .other?: continue
        }
    }
    return found.isEmpty ? .none : .named(found)
}

/// The acting unit works at the author's node.
private func placeFault(_ change: Change, _ author: NodePath, _ circumstances: Circumstances) -> Judgement? {
    switch registries(change, circumstances) {
    case .none: return nil
    case .waiting(let edition): return .waiting(.edition(edition))
    case .named(let all):
        for registry in all where !(CreditCode(change.actor.unit).map { registry.isCompetent($0, at: author) } ?? false) {
            return .quarantined(rule: "unit-not-competent", detail: "unit \(change.actor.unit) does not work at \(author), says the registry's edition \(registry.number)")
        }
        return nil
    }
}

/// Who may open a list, enter into it and take out of it (rules.md 3.3): units with listing power; of a mirrored list nobody
/// but the unit that brings it in, or its successor (M28).
func listingFault(_ list: ListOpened, _ change: Change, _ author: NodePath, _ circumstances: Circumstances) -> Judgement? {
    if let fault = placeFault(change, author, circumstances) { return fault }
    guard case .named(let all) = registries(change, circumstances) else { return nil }
    for registry in all {
        guard let unit = CreditCode(change.actor.unit) else { continue }
        if let mirror = registry.mirrors.first(where: { $0.list == list.code }) {
            if registry.hasDuties(of: mirror.mirroredBy, unit) { continue }
            return .quarantined(rule: "mirror-read-only", detail: "\(list.code) mirrors a list of \(mirror.authority); only \(mirror.mirroredBy) brings it in (M28)")
        }
        if registry.unit(unit)?.listingPower != true {
            return .quarantined(rule: "no-listing-power", detail: "unit \(change.actor.unit) has no power to list, says the registry's edition \(registry.number)")
        }
    }
    return nil
}

private func isIn(_ role: UnitRole, _ actor: Actor, _ registry: UnitRegistry) -> Bool {
    CreditCode(actor.unit).flatMap { registry.unit($0) }?.roles.contains(role) ?? false
}
