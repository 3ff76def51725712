import Foundation
import GRDB
import Registry
import Replication

extension ReadTransaction {
    /// Feeds every projection row, in a total order that does not depend on how it came about, to `absorb`
    /// as unambiguous bytes. Local numbers are part of it: `rebuild` reproduces them too.
    package func eachProjectionRow(_ absorb: ([UInt8]) throws -> Void) throws {
        for table in Schema.projectionTables {
            let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM \(table.name) ORDER BY \(table.order)")
            while let row = try cursor.next() {
                var out: [UInt8] = Array(table.name.utf8) + [0]
                for (_, value) in row {
                    switch value.storage {
                    case .null: out.append(0)
                    case .int64(let number):
                        out.append(1)
                        out += BigEndian.bytes(number)
                    case .double(let number):
                        out.append(2)
                        out += BigEndian.bytes(number.bitPattern)
                    case .string(let text):
                        out.append(3)
                        out += BigEndian.bytes(UInt32(text.utf8.count)) + Array(text.utf8)
                    case .blob(let data):
                        out.append(4)
                        out += BigEndian.bytes(UInt32(data.count)) + Array(data)
                    }
                }
                try absorb(out)
            }
        }
    }
}

extension WriteTransaction {
    package func clearProjection() throws {
        for table in Schema.projectionTables { try db.execute(sql: "DELETE FROM \(table.name)") }
    }
}
