import Foundation
import GRDB
import NodeRuntime
import Testing

/// A gap between what two ends believe must heal by itself.
@Suite(.serialized) struct GapTests {
    typealias F = Federation

    @Test("A parent that lost its latest entries under a live link is greeted anew and gets them again")
    func gapHeals() throws {
        let federation = try F.standing(streets: [F.a])
        _ = try federation.importPermits(0..<30, at: F.a)
        try federation.until("the district holds the rows") { try federation.digest(F.a, at: F.district).records == 30 }
        // Behind the district's back its newest entry vanishes, as if a disk had lied; the link stays open.
        let queue = try DatabaseQueue(path: federation.home(F.district) + "/node.db")
        try queue.write { db in
            let ledger = try #require(
                try Int64.fetchOne(db, sql: "SELECT ledger.id FROM ledger JOIN replica ON replica.id = ledger.replica WHERE replica.path = ?", arguments: [F.a]))
            try db.execute(sql: "DELETE FROM change_set WHERE ledger = ?", arguments: [ledger])
            try db.execute(sql: "UPDATE ledger SET sequence = 0, digest = zeroblob(32) WHERE id = ?", arguments: [ledger])
            try db.execute(sql: "DELETE FROM record")
        }
        try queue.close()
        _ = try federation.importPermits(30..<40, at: F.a)
        try federation.until("the gap healed") { try federation.digest(F.a, at: F.district).records == 40 }
        #expect(try federation.digest(F.a, at: F.district).digest == federation.digest(F.a, at: F.a).digest)
        #expect(try federation.ask(VerifyCommand.Response.self, ["verify"], at: F.district).faults.isEmpty)
    }
}
