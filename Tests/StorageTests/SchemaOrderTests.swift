import Foundation
import GRDB
@testable import Storage
import Testing

@Suite struct SchemaOrderTests {
    @Test("Tables without rowid begin with their key: SQLite 3.40 takes the columns of others for damaged when it checks itself")
    func keysFirst() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "creditnode-schema-\(UUID().uuidString).db").path
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let store = try ReplicaStore(path: path)
        let tables = try store.read { tx in
            try String.fetchAll(tx.db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%' ORDER BY name").map { table in
                (table, try Row.fetchAll(tx.db, sql: "SELECT cid, pk FROM pragma_table_info(?) WHERE pk > 0 ORDER BY cid", arguments: [table]).map { $0["cid"] as Int })
            }
        }
        #expect(tables.count > 20)
        for (table, places) in tables { #expect(places == Array(0..<places.count), "\(table)") }
    }
}
