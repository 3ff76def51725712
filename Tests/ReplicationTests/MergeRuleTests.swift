import Registry
import Replication
import Testing

/// The merge rules on the bare function; conversations tell them again with nodes, lines and days.
@Suite struct MergeRuleTests {
    private let street = "wuhan/wuchang/jiyuqiao", district = "wuhan/wuchang", city = "wuhan"

    @Test("M1: the same value set twice is one value")
    func m1() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.correct(amount(20_000)), on: record, saw: [record])
        story.act(.correct(amount(20_000)), on: record, at: district, saw: [record])
        let view = story.view()
        #expect(view.fields.contains(amount(20_000)) && view.conflicts.isEmpty && view.corrections.count == 2 && view.tickets.isEmpty)
    }

    @Test("M2: another unit's correction is a proposal, whatever it saw and whenever it came")
    func m2() {
        var story = CaseStory()
        let record = story.enter()
        let own = story.act(.correct(amount(2_000)), on: record, saw: [record])
        let other = story.act(.correct(amount(20_000)), on: record, at: district, unit: CaseStory.office, saw: [record, own])
        let view = story.view()
        #expect(view.fields.contains(amount(2_000)) && view.corrections == [own] && view.conflicts.isEmpty)
        #expect(view.proposals.map(\.say.change) == [other] && view.proposals[0].reason == .notCompetent)
        #expect(view.tickets.map(\.rule) == ["M2"])
    }

    @Test("M2: a correction that executes a superior instrument is competent, whoever enters it")
    func m2Superior() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.correct(amount(2_000)), on: record, saw: [record])
        let superior = story.act(.correct(amount(20_000), basis: .of(.superior)), on: record, at: district, unit: CaseStory.office, saw: [record])
        #expect(story.view().fields.contains(amount(20_000)) && story.view().corrections == [superior])
    }

    @Test("M3: two posts of the deciding unit differ: both shown, the last agreed value stands, a material field is not published")
    func m3() {
        var story = CaseStory()
        let record = story.enter(amount: 200_000)
        let one = story.act(.correct(amount(20_000)), on: record, saw: [record])
        let two = story.act(.correct(amount(2_000)), on: record, at: district, saw: [record])
        let view = story.view()
        #expect(view.fields.contains(amount(200_000)))
        #expect(view.conflicts.map(\.part) == [.field(4)] && view.conflicts[0].isMaterial && Set(view.conflicts[0].says.map(\.change)) == [one, two])
        #expect(view.shown.publication == .suspended && view.shown.reasons == [.conflict])
        #expect(view.tickets.map(\.rule) == ["M3"] && view.tickets[0].suspends)
        // A decision that saw both ends it.
        let decided = story.act(.correct(amount(2_000)), on: record, saw: [record, one, two])
        #expect(story.view().conflicts.isEmpty && story.view().fields.contains(amount(2_000)) && story.view().corrections == [decided])
        #expect(story.view().shown.publication == .published)
    }

    @Test("M3: of concurrent ranks the higher decides; the other is kept with its basis")
    func m3Ranks() {
        var story = CaseStory()
        let record = story.enter()
        let low = story.act(.correct(amount(20_000)), on: record, saw: [record])
        story.act(.correct(amount(2_000), basis: .of(.court)), on: record, at: city, unit: CaseStory.authority, saw: [record])
        #expect(story.view().fields.contains(amount(2_000)) && story.view().conflicts.isEmpty)
        #expect(story.view().proposals.map(\.say.change) == [low] && story.view().proposals[0].reason == .outranked)
    }

    @Test("M3: a field that is not material keeps being published with the last agreed value")
    func m3Minor() {
        var story = CaseStory()
        let record = story.enter(text: "某商行")
        // The name is material; a plain remark is field 9, unknown to the item, hence taken as material too: use two remarks on field 1's twin.
        let one = story.act(.correct(text("甲商行")), on: record, saw: [record])
        let two = story.act(.correct(text("乙商行")), on: record, at: district, saw: [record])
        #expect(Set(story.view().conflicts[0].says.map(\.change)) == [one, two])
        #expect(story.view().fields.contains(text("某商行")))
    }

    @Test("M4: who the subject is in doubt: masked at once, unit and parent decide")
    func m4() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.rename(.unregistered("甲商行")), on: record, saw: [record])
        story.act(.rename(.unregistered("乙商行")), on: record, at: district, saw: [record])
        let view = story.view()
        #expect(view.subject == .unregistered("某商行") && view.shown.reasons == [.identity] && view.tickets.map(\.rule) == ["M4"])
        #expect(view.tickets[0].reviewer == .decidingUnitAndParent)
    }

    @Test("M5: different fields are both applied")
    func m5() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.correct(amount(20_000)), on: record, saw: [record])
        story.act(.correct(text("警告")), on: record, at: district, saw: [record])
        #expect(story.view().fields.contains(amount(20_000)) && story.view().fields.contains(text("警告")) && story.view().conflicts.isEmpty)
    }

    @Test("M6, M7: revoked beside a correction; of several revocations the earliest effect counts")
    func m6m7() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.correct(amount(20_000)), on: record, saw: [record])
        story.revoke(record, at: district, saw: [record], on: day(7))
        story.revoke(record, rank: .reconsideration, at: city, unit: CaseStory.authority, saw: [record], on: day(5))
        let view = story.view()
        #expect(view.validity == .revoked && view.shown.label == .revoked && view.shown.publication == .stopped && view.revocations.count == 2)
        #expect(view.withdrawnOn == day(5) && view.fields.contains(amount(20_000)))
    }

    @Test("M8: a court upholds what the unit revoked meanwhile: stays revoked, with a ticket")
    func m8() {
        var story = CaseStory()
        let record = story.enter()
        story.revoke(record, saw: [record])
        story.act(.upheld(InstrumentUpheld(basis: .of(.court))), on: record, at: city, unit: CaseStory.authority, saw: [record])
        #expect(story.view().validity == .revoked && story.view().tickets.contains { $0.rule == "M8" && $0.reviewer == .legalOfficer })
    }

    @Test("M9, M10: a correction closes no objection; the reply to the subject does")
    func m9m10() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(fields: [4]), on: record, at: district, unit: CaseStory.office, saw: [record])
        let correction = story.act(.correct(amount(20_000)), on: record, saw: [record])
        story.act(.correct(text("警告")), on: record, saw: [record, correction])
        var view = story.view()
        #expect(view.dispute == .open && view.cases[0].touched == [correction] && view.cases[0].replyOwed && view.shown.label == .disputed)
        // The mark alone stops nothing; the clock that ran out does.
        #expect(story.view(.on(1)).shown.publication == .published && view.shown.reasons == [.overdueObjection])
        story.act(.reply(objection, .rejected), on: record, saw: [record, objection])
        view = story.view()
        #expect(view.dispute == .rejected && !view.cases[0].replyOwed)
    }

    @Test("M11: revoked: the objection is moot in favour, the reply still owed")
    func m11() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.object(), on: record, at: city, unit: CaseStory.authority, saw: [record])
        story.revoke(record, saw: [record])
        let view = story.view()
        #expect(view.cases[0].status == .moot && view.cases[0].replyOwed && view.dispute == .upheld && view.shown.replies.count == 1)
    }

    @Test("M12, M13: one claim at two windows is one case on the earliest clock; another ground is a case of its own")
    func m12m13() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.object(receipt: "R-2", on: 4), on: record, at: city, unit: CaseStory.authority, saw: [record])
        story.act(.object(receipt: "R-1", on: 0), on: record, at: street, unit: CaseStory.office, saw: [record])
        story.act(.object(.noBasis, receipt: "R-3", on: 2), on: record, at: district, unit: CaseStory.office, saw: [record])
        let cases = story.view().cases
        #expect(cases.count == 2 && Set(cases.flatMap { $0.receipts.map(\.number) }) == ["R-1", "R-2", "R-3"])
        #expect(cases.first { $0.ground == .inaccurate }?.clockFrom == day(0))
    }

    @Test("M14, E4: outside their competence they are opinions")
    func m14() {
        var story = CaseStory()
        let record = story.enter()
        let content = story.act(.object(), on: record, saw: [record])
        story.act(.reply(content, .rejected), on: record, at: city, unit: CaseStory.authority, saw: [record, content])
        story.act(.reply(content, .upheld), on: record, saw: [record, content])
        #expect(story.view().cases[0].status == .upheld && story.view().cases[0].replies.map(\.weight).sorted { $0.rawValue < $1.rawValue } == [.counts, .opinion])
        let period = story.act(.object(.overPeriod, fields: [], receipt: "R-9"), on: record, saw: [record])
        story.act(.reply(period, .rejected), on: record, saw: [record, period])
        #expect(story.view().cases.first { $0.ground == .overPeriod }?.status == .open)
        story.act(.reply(period, .upheld), on: record, at: district, unit: CaseStory.office, saw: [record, period])
        #expect(story.view().cases.first { $0.ground == .overPeriod }?.status == .upheld)
    }

    @Test("M15: the review stands over the first instance, concurrent or not")
    func m15() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(), on: record, saw: [record])
        story.act(.reply(objection, .rejected), on: record, saw: [record, objection])
        story.act(.reply(objection, .upheld, .superior), on: record, at: district, unit: CaseStory.office, saw: [record, objection])
        #expect(story.view().cases[0].status == .upheld)
    }

    @Test("M16: one instance says both: under review, suspended, the parent decides")
    func m16() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(), on: record, saw: [record])
        let no = story.act(.reply(objection, .rejected), on: record, saw: [record, objection])
        let yes = story.act(.reply(objection, .upheld), on: record, at: district, saw: [record, objection])
        var view = story.view()
        #expect(view.dispute == .underReview && view.shown.reasons == [.contradiction] && view.cases[0].contradiction == [yes, no].sorted())
        #expect(view.tickets.map(\.rule) == ["M16"])
        story.act(.reply(objection, .rejected, .superior), on: record, at: district, unit: CaseStory.office, saw: [record, objection, no, yes])
        view = story.view()
        #expect(view.dispute == .rejected && view.shown.publication == .published)
    }

    @Test("M17: who saw a superior decision cannot overrule it")
    func m17() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(), on: record, saw: [record])
        let upheld = story.act(.reply(objection, .upheld, .superior), on: record, at: district, unit: CaseStory.office, saw: [record, objection])
        story.act(.reply(objection, .rejected), on: record, saw: [record, objection, upheld])
        #expect(story.view().cases[0].status == .upheld && story.view().cases[0].replies.contains { $0.weight == .ceded })
        // Of the same rank the later one stands.
        story.act(.reply(objection, .rejected, .superior), on: record, at: city, unit: CaseStory.authority, saw: [record, objection, upheld])
        #expect(story.view().cases[0].status == .rejected)
    }

    @Test("T10: a request for review keeps the mark until the review")
    func review() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(), on: record, saw: [record])
        let no = story.act(.reply(objection, .rejected), on: record, saw: [record, objection])
        story.act(.reviewRequest(ReviewRequest(objection: objection, receipt: "R-7", requestedOn: day(4), statement: "不服")), on: record, saw: [no])
        #expect(story.view().dispute == .underReview)
        story.act(.reply(objection, .unverifiable, .superior), on: record, at: district, unit: CaseStory.office, saw: [record, objection, no])
        #expect(story.view().dispute == .unverifiable)
    }

    @Test("M18, M19: upheld makes a repair unnecessary; an open objection goes on beside it")
    func m18m19() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(), on: record, saw: [record])
        story.act(.repair(.approved), on: record, saw: [record])
        #expect(story.view().repair == .repaired && story.view().dispute == .open && story.view().shown.publication == .stopped)
        story.act(.reply(objection, .upheld), on: record, saw: [record, objection])
        #expect(story.view().repair == .unnecessary && story.view().shown.publication == .stopped)
        #expect(story.view().shown.label == .effective, "“repaired” would still imply guilt")
    }

    @Test("M20: a repeated fact asks, it publishes nothing again")
    func m20() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.repair(.approved, noRepeat: true), on: record, saw: [record])
        var circumstances = ViewCircumstances.plain
        circumstances.others = [day(90)]
        #expect(story.view(circumstances).tickets.map(\.rule) == ["M20"] && story.view(circumstances).shown.publication == .stopped)
    }

    @Test("M21: a repair decided by another unit is void; two posts that contradict each other keep it stopped")
    func m21() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.repair(.approved), on: record, at: district, unit: CaseStory.office, saw: [record])
        #expect(story.view().repair == .none)
        let approved = story.act(.repair(.approved), on: record, saw: [record])
        story.act(.repair(.refused), on: record, at: district, saw: [record])
        #expect(story.view().repair == .repaired && story.view().tickets.map(\.rule) == ["M21"] && story.view().shown.publication == .stopped)
        _ = approved
    }

    @Test("M22: a withdrawal counts after the approval it saw, and only then")
    func m22() {
        var story = CaseStory()
        let record = story.enter()
        let approved = story.act(.repair(.approved), on: record, saw: [record])
        story.act(.repair(.withdrawn), on: record, at: district, saw: [record])
        #expect(story.view().repair == .repaired && story.view().shown.publication == .stopped && story.view().tickets.map(\.rule) == ["M22"])
        story.act(.repair(.withdrawn), on: record, at: district, saw: [record, approved])
        #expect(story.view().repair == .withdrawn && story.view().shown.publication == .published)
    }

    @Test("M23: a repair beside a revocation: revoked")
    func m23() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.repair(.approved), on: record, saw: [record])
        story.revoke(record, at: district, saw: [record])
        #expect(story.view().shown.label == .revoked)
    }

    @Test("M24, M30: a later end needs its own decision document")
    func m30() {
        var story = CaseStory()
        let record = story.enter()
        let until = story.view().shown.publicUntil
        let later = RecordField(number: 5, value: .date(day(200)))
        story.act(.correct(later), on: record, saw: [record])
        #expect(until != nil && story.view().shown.publicUntil == until && story.view().tickets.map(\.rule) == ["M30"])
        story.act(.correct(later, basis: .of(.decidingUnit, "〔2026〕2号")), on: record, at: district, saw: [record])
        #expect(story.view().shown.publicUntil.map { $0 > (until ?? .latest) } == true && story.view().tickets.isEmpty)
    }

    @Test("M29, E8: publication ends at the end of the period while the case goes on to its reply")
    func m29() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.object(on: 360), on: record, saw: [record])
        let last = story.view().shown.publicUntil ?? .latest
        #expect(!story.view(.on(Int(last.daysSinceEpoch) - 20_600)).shown.reasons.contains(.expired))
        let after = story.view(.on(Int(last.daysSinceEpoch) - 20_600 + 1))
        #expect(after.shown.publication == .stopped && after.shown.label == .expired && after.dispute == .open && after.cases[0].replyOwed)
        #expect(after.canonicalBytes == story.view().canonicalBytes)
    }

    @Test("M33, E2: the same decision under a new id after its revocation is blocked and told to its sender")
    func m33() {
        var story = CaseStory()
        let record = story.enter()
        story.revoke(record, rank: .reconsideration, at: district, unit: CaseStory.office, saw: [record])
        story.act(.correct(text("更正备注")), on: record, saw: [record])
        let again = story.enter(at: "wuhan/wuchang/other")
        let view = story.view()
        #expect(story.views().count == 1 && view.validity == .revoked && view.blocked == [again] && view.shown.publication == .stopped)
        #expect(view.tickets.contains { $0.rule == "M33" && $0.reviewer == .sender })
    }

    @Test("M35, E7: one decision entered twice is one record: the deciding unit's own, else the smallest id")
    func m35() {
        var story = CaseStory()
        let street = story.enter(at: "wuhan/wuchang/a", unit: CaseStory.office, text: "街道录入")
        let own = story.enter(at: "wuhan/wuchang/z", text: "本单位录入")
        let view = story.view()
        #expect(view.id == own && view.aliases == [street] && view.fields.contains(text("本单位录入")) && view.conflicts.isEmpty)
        // Two entries of the deciding unit that differ are a conflict a person decides.
        story.enter(at: "wuhan/wuchang/b", text: "另一岗录入")
        #expect(story.view().tickets.map(\.rule) == ["M35"] && story.view().conflicts.map(\.part) == [.field(1)])
    }

    @Test("M36, M37: relief on any member holds for all; “not the same” wins, and both wait")
    func m36m37() {
        var story = CaseStory()
        let a = story.enter(at: "wuhan/wuchang/a"), b = story.enter(at: "wuhan/wuchang/b")
        story.act(.repair(.approved), on: b, at: "wuhan/wuchang/b", saw: [b])
        #expect(story.views().count == 1 && story.view().repair == .repaired)
        story.act(.identity(IdentityLink(other: b, isSame: true, reason: "同案")), on: a, at: district, unit: CaseStory.office)
        story.act(.identity(IdentityLink(other: b, isSame: false, reason: "不同案")), on: a, at: city, unit: CaseStory.office)
        let views = story.views()
        #expect(views.map(\.id) == [a, b] && views.allSatisfy { $0.shown.reasons.contains(.separated) } && views[0].repair == .none)
    }

    @Test("M40, M47, M43: narrower disclosure, the subject's wish, and a purge each end publication")
    func circumstancesNarrow() {
        var story = CaseStory()
        story.enter()
        #expect(story.view().shown.publication == .published)
        var narrow = ViewCircumstances.plain, wish = narrow, purge = narrow
        narrow.disclosure = .shared
        wish.optedOut = true
        purge.isPurged = true
        #expect(story.view(narrow).shown.reasons == [.disclosure] && story.view(wish).shown.reasons == [.optedOut])
        #expect(story.view(purge).shown.label == .purged && story.view(purge).shown.publication == .stopped)
    }

    @Test("M42: contradicting words on a commitment: under check; the accepting unit's word counts")
    func m42() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.fulfilment(Fulfilment(isFulfilled: false, basis: .of())), on: record, at: district, unit: CaseStory.office, saw: [record])
        #expect(story.view().fulfilment == .underCheck && story.view().tickets.map(\.rule) == ["M42"])
        story.act(.fulfilment(Fulfilment(isFulfilled: true, basis: .of())), on: record, saw: [record])
        #expect(story.view().fulfilment == .fulfilled && story.view().tickets.isEmpty)
    }

    @Test("M44: a litigation mark a case, lifted by its own closing alone")
    func m44() {
        var story = CaseStory()
        let record = story.enter()
        story.act(.litigation(LitigationMark(caseNumber: "行初1", isClosed: false)), on: record, saw: [record])
        story.act(.litigation(LitigationMark(caseNumber: "行初2", isClosed: false)), on: record, at: city, saw: [record])
        story.act(.litigation(LitigationMark(caseNumber: "行初1", isClosed: true)), on: record, at: district, saw: [record])
        #expect(story.view().litigation == ["行初2"])
    }

    @Test("T15: a suspension by a higher tier is not lifted from below; an unconfirmed one ends by itself")
    func suspension() {
        var story = CaseStory()
        let record = story.enter()
        let suspended = story.act(.mark(.suspended, confirmed: false), on: record, at: district, unit: CaseStory.office, saw: [record])
        story.act(.mark(.resumed), on: record, saw: [record, suspended])
        #expect(story.view(.on(2)).shown.reasons == [.suspendedByHand] && story.view(.on(60)).shown.publication == .published)
        story.act(.mark(.resumed), on: record, at: city, unit: CaseStory.authority, saw: [record, suspended])
        #expect(story.view(.on(2)).shown.publication == .published)
    }

    @Test("An objection whose clock ran out stops publication until the reply")
    func overdue() {
        var story = CaseStory()
        let record = story.enter()
        let objection = story.act(.object(on: 0), on: record, saw: [record])
        #expect(story.view(.on(1)).shown.publication == .published && story.view(.on(40)).shown.reasons == [.overdueObjection])
        story.act(.reply(objection, .rejected), on: record, saw: [record, objection])
        #expect(story.view(.on(40)).shown.publication == .published)
    }
}
