import Foundation
import GRDB
import Registry
import Replication

/// One saying that two codes are one organisation.
package struct AliasRow: Sendable, Hashable {
    package let id: Dot
    package let oldCode: String
    package let newCode: String
    package let document: String
    package let name: String
    package let on: CivilDate
    package let isWithdrawn: Bool
}

extension ReadTransaction {
    /// Every saying held, ascending by old code, new code and id.
    package func aliases() throws -> [AliasRow] {
        try Row.fetchAll(db, sql: "SELECT * FROM subject_alias").map { try alias($0) }.sorted {
            ($0.oldCode, $0.newCode) == ($1.oldCode, $1.newCode) ? $0.id < $1.id : ($0.oldCode, $0.newCode) < ($1.oldCode, $1.newCode)
        }
    }

    package func hasAliases() throws -> Bool { try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM subject_alias LIMIT 1")) != nil }

    /// All codes of the organisation that `code` is one of, ascending, itself among them. At most 64: a keeper that chains
    /// the whole register makes nobody walk through it.
    package func codes(aliasedTo code: String) throws -> [String] {
        var found: Set<String> = [code]
        var open = [code]
        while let next = open.popLast(), found.count < 64 {
            for other in try linked(next) where found.count < 64 && found.insert(other).inserted { open.append(other) }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Directly, and not withdrawn by anybody; ascending.
    private func linked(_ code: String) throws -> [String] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT new_code AS other FROM subject_alias WHERE old_code = ?1 GROUP BY other HAVING max(withdrawn) = 0
                UNION SELECT old_code AS other FROM subject_alias WHERE new_code = ?1 GROUP BY other HAVING max(withdrawn) = 0 ORDER BY 1
                """)
        return try String.fetchAll(statement, arguments: [code])
    }

    private func alias(_ row: Row) throws -> AliasRow {
        let day: Int = row["day"]
        return AliasRow(
            id: try dot(row["replica"], row["counter"]), oldCode: row["old_code"], newCode: row["new_code"], document: row["document"], name: row["name"],
            on: CivilDate(daysSinceEpoch: day) ?? .earliest, isWithdrawn: row["withdrawn"])
    }
}

extension WriteTransaction {
    package func put(_ alias: SubjectAlias, id: Dot) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO subject_alias VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                alias.oldCode.text, alias.newCode.text, try number(id.replica), Int64(id.counter), alias.document, alias.name, alias.on.daysSinceEpoch,
                alias.isWithdrawn,
            ])
    }
}
