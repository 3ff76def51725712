import Foundation
import Node
import Registry
import Replication
import Storage
import Testing

/// A street that comes back after weeks with much to tell.
@Suite struct AbsenceTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"
    static let listed = CreditCode("91000000TEXT000250")

    @Test("Sixty days away, thousands of changes written meanwhile, list and catalogue moved on: views are equal again, ages are told")
    func sixtyDays() throws {
        let count = ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] == nil ? 3000 : 100_000
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        let city = federation[Self.city], street = federation[Self.a], subject = try #require(Self.listed)
        func say(_ path: String) throws -> LookupVerdict {
            try #require(try federation[path].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk).lists.first).verdict
        }
        _ = try city.createList(
            ListOpened(code: "serious", title: "严重失信主体名单", basis: "测试依据", authority: "11000000TEXT00017D", maxAge: 30 * 86_400), actor: TestFederation.clerk)
        func list(_ document: String) throws {
            _ = try city.addToList(
                code: "serious", subject: subject, name: "测试企业", document: document, since: federation.environment.today, until: nil, actor: TestFederation.clerk)
            _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        }
        try list("文〔2025〕1号")
        for path in [Self.city, Self.district, Self.a] { _ = try federation[path].stateHeartbeats() }
        try federation.enter(10, at: Self.a)
        try federation.settle()
        _ = try street.stateHeartbeats()
        try federation.settle()
        #expect(try say(Self.a) == .onTheList)
        #expect(try city.overdue().isEmpty)

        let start = Date()
        for first in stride(from: 10, to: count, by: 1000) {
            try federation.enter(min(1000, count - first), from: first, at: Self.a)
            federation.clock.advance(milliseconds: 60 * 86_400_000 / Int64((count + 989) / 1000))
        }
        let written = Date()
        _ = try city.removeFromList(code: "serious", subject: subject, document: "文〔2025〕1号", reason: "已履行", actor: TestFederation.clerk)
        try list("文〔2025〕2号")
        _ = try city.removeFromList(code: "serious", subject: subject, document: "文〔2025〕2号", reason: "已履行", actor: TestFederation.clerk)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        var catalogue = Catalogue.standard
        catalogue.number += 1
        _ = try city.publishCatalogue(catalogue, actor: TestFederation.clerk)
        try federation.sync(Self.district)

        // Both sides tell the age of what they know.
        #expect(try say(Self.a) == .tooStaleToSay)
        let overdue = try city.overdue()
        #expect(overdue.contains { $0.author.description == Self.a })
        #expect(try street.overdue().contains { $0.author.description == Self.city })
        let silent = try #require(overdue.first { $0.author.description == Self.a })
        #expect(federation.clock.now - silent.since > 55 * 86_400_000)

        let result = try federation.sync(Self.a)
        #expect(result.faults.isEmpty && result.ended == nil && result.restored.isEmpty)
        for path in [Self.city, Self.district, Self.a] { _ = try federation[path].renewStatements() }
        try federation.settle()
        let returned = Date()
        let home = try #require(NodePath(Self.a))
        let own = try street.viewDigest(home: home)
        #expect(own.records == count)
        for path in [Self.city, Self.district] { #expect(try federation[path].viewDigest(home: home) == own) }
        for path in [Self.district, Self.a] {
            #expect(try federation[path].publishedDigest() == city.publishedDigest())
            #expect(try federation[path].currentCatalogue().catalogue.number == catalogue.number)
            #expect(try federation[path].withheld().isEmpty && federation[path].overdue().isEmpty)
            #expect(try say(path) == .notOnTheList)
        }
        // What is written after the return is written under the new edition.
        try federation.enter(5, from: count, at: Self.a)
        try federation.settle()
        #expect(try city.viewDigest(home: home) == street.viewDigest(home: home))
        print("\(count) changes written in \(written.timeIntervalSince(start)) s, told in \(returned.timeIntervalSince(written)) s")
    }

    @Test("A freshness statement that names a removal not held makes the list too stale to answer from")
    func withheldRemovalMakesStale() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        let city = federation[Self.city], subject = try #require(Self.listed)
        _ = try city.createList(
            ListOpened(code: "serious", title: "严重失信主体名单", basis: "测试依据", authority: "11000000TEXT00017D", maxAge: 3600), actor: TestFederation.clerk)
        _ = try city.addToList(
            code: "serious", subject: subject, name: "测试企业", document: "文〔2025〕1号", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        try federation.settle()
        _ = try city.removeFromList(code: "serious", subject: subject, document: "文〔2025〕1号", reason: "已履行", actor: TestFederation.clerk)
        federation.clock.advance(milliseconds: 1000)
        let row = try #require(try city.store.read { try $0.lists() }.first)
        _ = try city.stateFreshness(of: row.id)
        try federation.sync(Self.district)
        func verdict() throws -> LookupVerdict? {
            try federation[Self.a].lookup(subject, purpose: "测试", actor: TestFederation.loneClerk).lists.first?.verdict
        }
        // The relay passes the statement on and keeps the removal.
        try federation.sync(Self.a) { frame, up in
            if !up, case .changeSet(let sealed) = frame, (try? Header(serialized: sealed.header))?.ledger.lane == .relief { return nil }
            return frame
        }
        #expect(try federation[Self.a].withheld().map(\.ledger.lane) == [.relief])
        #expect(try verdict() == .tooStaleToSay)
        try federation.settle()
        #expect(try verdict() != .onTheList)
        #expect(try federation[Self.a].withheld().isEmpty)
    }
}
