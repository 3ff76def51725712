import Foundation
import GRDB
import NodeRuntime
import Testing

/// A relay that keeps something to itself is noticed, in both directions: a real district whose replica was
/// altered so that it lacks what it had.
@Suite(.serialized) struct WithheldTests {
    typealias F = Federation

    @Test("A removal that the district withholds is named with its ledger and age, and look-ups say nothing until it comes", arguments: [(F.city, F.a), (F.a, F.city)])
    func withheldRelief(author: String, other: String) throws {
        let federation = try F.standing(streets: [F.a])
        let ports = Dictionary(uniqueKeysWithValues: [F.city, F.district].map { ($0, federation.addresses($0)?.listen) })
        func serve(_ path: String) throws { try federation.serve(path, listen: ports[path] ?? nil) }
        try federation.publishList("serious", at: author)
        try federation.until("the list is at \(other)") { try federation.answer(at: other) == .onTheList }

        #expect(federation.stop(other) == 0)
        try federation.remove("文〔2025〕1号", from: "serious", at: author)
        try federation.add("文〔2025〕2号", to: "serious", at: author)
        try federation.remove("文〔2025〕2号", from: "serious", at: author)
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + F.actor, at: author)
        try federation.until("the district has it all") { try federation.answer(at: F.district) == .notOnTheList }
        #expect(federation.stop(author) == 0)
        #expect(federation.stop(F.district) == 0)
        try Self.forgetRelief(of: author, in: federation)

        try serve(F.district)
        try serve(other)
        try federation.until("\(other) noticed") {
            try federation.status(other).warnings.contains { $0.hasPrefix(author) && $0.contains("relief") && $0.contains("the author says 2, 0 held, for ") }
        }
        #expect(try federation.answer(at: other) == .tooStaleToSay, "nobody is called listed, or not, on half the story")
        let doctor = try JSONDecoder().decode(DoctorCommand.Response.self, from: Data(federation.run(["doctor", "--json"], at: other).output.utf8))
        #expect(doctor.checks.first { $0.name == "withheld" }?.result != "ok")

        try serve(author)
        try federation.until("\(other) has the removals") { try federation.answer(at: other) == .notOnTheList }
        #expect(try federation.status(other).warnings.isEmpty)
    }

    /// As if it had never come: the district's ledger of that author's relief is empty.
    private static func forgetRelief(of author: String, in federation: F) throws {
        let queue = try DatabaseQueue(path: federation.home(F.district) + "/node.db")
        try queue.write { db in
            let ledger = try #require(
                try Int64.fetchOne(
                    db, sql: "SELECT ledger.id FROM ledger JOIN replica ON replica.id = ledger.replica WHERE replica.path = ? AND lane = 2 AND audience = 'published'",
                    arguments: [author]))
            try db.execute(sql: "DELETE FROM change_set WHERE ledger = ?", arguments: [ledger])
            try db.execute(sql: "UPDATE ledger SET sequence = 0, digest = zeroblob(32) WHERE id = ?", arguments: [ledger])
        }
        try queue.close()
        _ = try federation.run(["rebuild", "--json"], at: F.district)
    }
}
