import GRDB
import Registry
import Replication

extension ReadTransaction {
    /// Feeds every projection row, in a total order that does not depend on how it came about, to `absorb`
    /// as unambiguous bytes. Local numbers are part of it: `rebuild` reproduces them too.
    package func eachProjectionRow(_ absorb: ([UInt8]) throws -> Void) throws {
        var out: [UInt8] = []
        for table in Schema.projectionTables {
            // Read through a statement of its own, which goes with this call: it is asked once in a long while.
            let rows = try session.statement("SELECT * FROM \(table.name) ORDER BY \(table.order)")
            let name = Array(table.name.utf8) + [0], columns = rows.columns
            try rows.each { row in
                out.removeAll(keepingCapacity: true)
                out += name
                for column in 0..<columns { Self.encode(row, column, &out) }
                try absorb(out)
                return true
            }
        }
    }

    private static func encode(_ row: HotStatement, _ column: Int32, _ out: inout [UInt8]) {
        switch row.kind(column) {
        case .null: out.append(0)
        case .integer:
            out.append(1)
            out += BigEndian.bytes(row.int(column))
        case .real:
            out.append(2)
            out += BigEndian.bytes(row.real(column).bitPattern)
        case .text:
            let text = row.bytes(column)
            out.append(3)
            out += BigEndian.bytes(UInt32(text.count))
            out += text
        case .blob:
            let blob = row.bytes(column)
            out.append(4)
            out += BigEndian.bytes(UInt32(blob.count))
            out += blob
        }
    }
}

extension WriteTransaction {
    /// Empties the projection.
    package func clearProjection() throws {
        for table in Schema.projectionTables { try db.execute(sql: "DELETE FROM \(table.name)") }
        try clearIndex()
    }
}
