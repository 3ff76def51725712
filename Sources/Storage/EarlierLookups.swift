import GRDB
import Registry
import Replication

extension Schema {
    /// Look-ups that an earlier version answered and logged without a way to find them when relief comes (M45): what each told stands in
    /// its line. Not found are hits of persons on lists, whose digests no log holds.
    static func tellOfEarlierLookups(_ db: Database) throws {
        let insert = try db.makeStatement(sql: "INSERT OR IGNORE INTO lookup_told VALUES (?, ?, ?, ?)")
        let lines = try Row.fetchCursor(db, sql: "SELECT id, subject, answer FROM lookup_log ORDER BY id")
        var any = false
        while let line = try lines.next() {
            let id: Int64 = line[0], subject: String = line[1], answer: String = line[2]
            for kind in told(answer) {
                any = true
                try insert.execute(arguments: [ReadTransaction.segment(id), SubjectHash.hash(subject), id, kind.rawValue])
            }
        }
        // Relief that came meanwhile is found again by the replay that follows.
        if any { try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES (?, x'01')", arguments: [MetaKey.reliefAnew.rawValue]) }
    }

    /// What an answer told that relief may alter, from its line: `list=verdict item:count record!marks`.
    static func told(_ answer: String) -> [ToldKind] {
        var kinds: [ToldKind] = []
        let words = answer.split(separator: " ")
        if words.contains(where: { word in
            if let colon = word.lastIndex(of: ":"), Int(word[word.index(after: colon)...]) != nil { return true }
            return word.contains("!") && !word.hasPrefix("-!")
        }) { kinds.append(.records) }
        if words.contains(where: { $0.hasSuffix("=on-the-list") }) { kinds.append(.entries) }
        return kinds
    }
}

extension ReadTransaction {
    /// The last line of the log that was written by a time, milliseconds since 1970; 0 when none was. Found by halving: lines are written
    /// in the order of time, but for clocks that were set back.
    package func lookupLine(by time: UInt64) throws -> Int64 {
        var low: Int64 = 0, high = try lookupTip().number
        while low < high {
            let middle = low + (high - low + 1) / 2
            if let line = try lookup(middle), line.time <= time { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
