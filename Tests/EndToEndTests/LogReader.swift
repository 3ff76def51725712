import GRDB

/// Reads a node's log of look-ups beside the node.
enum LogReader {
    static func lines(_ file: String) throws -> [Federation.LogLine] {
        let queue = try DatabaseQueue(path: file)
        defer { try? queue.close() }
        return try queue.read { try Row.fetchAll($0, sql: "SELECT receipt, unit, operator, case_number FROM lookup_log ORDER BY id") }
            .map { Federation.LogLine(receipt: $0[0], unit: $0[1], operator: $0[2], caseNumber: $0[3]) }
    }
}
