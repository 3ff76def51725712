import Foundation
import GRDB
import Node
import Registry
import Storage
import Testing

@Suite struct CountTests {
    @Test("The kept record counts are what counting the rows would say, through drafts, entering and rebuild")
    func countsAgree() throws {
        let street = "wuhan/wuchang"
        let federation = try TestFederation(["wuhan", street])
        try federation.settle()
        try federation.enter(20, at: street)
        try federation.enter(15, from: 100, at: street, actor: TestFederation.loneClerk)
        try federation.enter(5, from: 100, at: street)
        _ = try federation[street].rebuild()
        try federation.settle()
        for path in ["wuhan", street] {
            let kept = try federation[path].store.read { try $0.recordCounts() }.map { "\($0.validity.rawValue) \($0.count)" }
            try federation[path].store.close()
            let queue = try DatabaseQueue(path: federation.file(path))
            let counted = try queue.read { try String.fetchAll($0, sql: "SELECT validity || ' ' || count(*) FROM record GROUP BY validity ORDER BY validity") }
            #expect(kept == counted, "\(path)")
        }
    }
}
