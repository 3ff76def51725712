import Registry
import Replication
import Testing

/// Affairs, notices and withdrawals read back as they were written; what breaks an invariant does not.
@Suite struct AffairCodingTests {
    private let dot = Dot(replica: replica("wuhan"), counter: 7)
    private let day = CivilDate(year: 2026, month: 1, day: 5) ?? .earliest

    private func code(_ text: String) throws -> CreditCode { try #require(CreditCode(text)) }

    private func readsBack(_ kind: ChangeKind) throws {
        let change = Change(actor: actor, capturedAt: 1, editions: [Digest(a: 1, b: 2, c: 3, d: 4)], kind: kind)
        #expect(try Change(serialized: change.serialized()) == change)
    }

    @Test func everyAffairReadsBack() throws {
        let subject = SubjectKey.organisation(try code("91000000TEXT000250")), notice = ListNotice(document: "告1", servedOn: day)
        for intent in ListIntent.allCases {
            let proposal = ListProposal(
                list: dot, intent: intent, subject: subject, name: "甲", document: "文1", authority: "11000000TEXT00017D", since: day, until: day, reason: "理由",
                notice: intent == .add ? notice : nil)
            try readsBack(.affair(.listProposal(proposal)))
            #expect(ChangeKind.affair(.listProposal(proposal)).lane == (intent == .add ? .ordinary : .relief))
        }
        try readsBack(.affair(.listReply(ListReply(proposal: dot, list: dot, outcome: .adopted, reason: "同意", result: dot))))
        try readsBack(.affair(.listReply(ListReply(proposal: dot, list: dot, outcome: .declined, reason: "不同意", result: nil))))
        try readsBack(
            .affair(.alias(SubjectAlias(oldCode: try code("91000000TEXT000250"), newCode: try code("91000000TEXT00447Y"), document: "变1", name: "新", on: day, isWithdrawn: true))))
        try readsBack(
            .affair(
                .measureOpened(
                    MeasureOpened(
                        basis: dot, subject: subject, name: "甲", receipt: "R-1-2", purpose: "采购", measure: "限制", isApplied: false, reason: "无", on: day, effect: "无",
                        caseNumber: "案1"))))
        try readsBack(.affair(.measureClosed(MeasureClosed(opened: dot, reason: "解除", feedback: "已改", on: day))))
        try readsBack(.affair(.disclosure(DisclosureNarrowed(edition: Digest(a: 1, b: 1, c: 1, d: 1), item: 3, disclosure: .shared, reason: "必要"))))
    }

    @Test func listsAndCataloguesReadBack() throws {
        for kind in ListKind.allCases {
            try readsBack(.listOpened(ListOpened(code: "x", title: "x", basis: "x", authority: "x", maxAge: 9, kind: kind, noticeRequired: kind == .serious)))
            #expect(ListKind(name: kind.name) == kind)
        }
        try readsBack(
            .listEntry(
                ListEntry(
                    list: dot, subject: .unregistered("甲"), name: "甲", document: "文1", authority: "", since: day, until: nil, notice: ListNotice(document: "告1", servedOn: day), proposal: dot)))
        var catalogue = Catalogue.standard
        catalogue.items.removeAll { $0.number == 1 }
        catalogue.withdrawals = [ItemWithdrawal(item: 1, reason: "废止", lawfulUntil: day, cutOver: [CutOver(replica: "wuhan#01020304", counter: 9)])]
        try readsBack(.catalogue(catalogue))
        catalogue.withdrawals[0].item = 2
        let bad = Change(actor: actor, capturedAt: 1, kind: .catalogue(catalogue))
        #expect(throws: CodingFault.self, "withdrawn and yet there") { try Change(serialized: bad.serialized()) }
    }

    @Test("A proposal goes from its author to the issuer, whichever of the two stands above; nowhere else")
    func audiences() {
        #expect(ListProposal.audience(from: path("wuhan/a/x"), to: path("wuhan")) == .lineage(of: path("wuhan/a/x"), upTo: 1))
        #expect(ListProposal.audience(from: path("wuhan"), to: path("wuhan/a")) == .lineage(of: path("wuhan/a"), upTo: 1))
        #expect(ListProposal.audience(from: path("wuhan/a"), to: path("wuhan/a")) == .lineage(of: path("wuhan/a"), upTo: 2))
        #expect(ListProposal.audience(from: path("wuhan/a"), to: path("wuhan/b")) == nil)
    }
}
