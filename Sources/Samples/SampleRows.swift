import Glibc

/// Made rows of one street: the same seed, street and kind give the same bytes on every machine.
///
/// Row *n* depends on its number alone, so a later batch (`first:`) continues where an earlier one ended and
/// document numbers never meet, neither in a street nor between streets. Subjects belong to nobody
/// (division 000000), authorities are invented, decisions fall into 2022…2024. About 3 % of permits are given
/// to natural persons, a third of the organisations are sole traders.
package struct SampleRows: Sendable {
    package enum Kind: Sendable, Hashable {
        case permit, penalty
        /// Permits and penalties 60 : 40, as the reference loop has them; for one file each, see
        /// ``write(_:permits:penalties:)``.
        case mixed
    }

    package static let defaultSeed: UInt64 = 20_240_601

    package let seed: UInt64
    package let street: Int
    package let kind: Kind
    /// Number of the next row.
    package private(set) var position: Int
    private let faults: [Int: SampleFault]
    private let maker: SampleMaker

    /// - Parameters:
    ///   - street: 0…999; part of document numbers, and of the office that reports.
    ///   - first: number of the first row, 0 …< 10^8.
    ///   - faults: rows to spoil, by number.
    package init(seed: UInt64 = SampleRows.defaultSeed, street: Int, kind: Kind, first: Int = 0, faults: [Int: SampleFault] = [:]) {
        precondition(first >= 0 && first < 100_000_000, "rows are numbered 0 …< 10^8")
        self.seed = seed
        self.street = street
        self.kind = kind
        self.faults = faults
        position = first
        maker = SampleMaker(seed: seed, street: street)
    }

    /// The header of the table; empty for ``Kind/mixed``, whose rows are of two tables.
    package var csvHeader: String {
        switch kind {
        case .permit: SampleTable.permit.codes.joined(separator: ",")
        case .penalty: SampleTable.penalty.codes.joined(separator: ",")
        case .mixed: ""
        }
    }

    package mutating func next() -> SampleRow {
        let number = position
        position += 1
        var row: SampleRow
        switch kind {
        case .permit: row = maker.row(.permit, number)
        case .penalty: row = maker.row(.penalty, number)
        case .mixed: row = maker.row(maker.isPenalty(number) ? .penalty : .permit, number)
        }
        faults[number]?.spoil(&row)
        return row
    }

    /// One line without a line break. For ``Kind/mixed`` of either table.
    package mutating func nextCSVLine() -> String { next().csvLine }

    /// Writes header and `count` rows, lines ending in LF.
    ///
    /// - Precondition: the kind is not ``Kind/mixed``.
    /// - Throws: ``SampleWriteFailure``.
    package mutating func write(_ count: Int, to descriptor: Int32) throws(SampleWriteFailure) {
        precondition(kind != .mixed, "two tables need two files")
        var file = BufferedFile(descriptor)
        try file.append(line: csvHeader)
        for _ in 0..<count { try file.append(next()) }
        try file.flush()
    }

    /// Writes `count` mixed rows to two files with headers of their own.
    ///
    /// - Returns: how many rows went into each.
    /// - Throws: ``SampleWriteFailure``.
    package mutating func write(_ count: Int, permits: Int32, penalties: Int32) throws(SampleWriteFailure) -> (permits: Int, penalties: Int) {
        var files = (BufferedFile(permits), BufferedFile(penalties))
        try files.0.append(line: SampleTable.permit.codes.joined(separator: ","))
        try files.1.append(line: SampleTable.penalty.codes.joined(separator: ","))
        var counts = (permits: 0, penalties: 0)
        for _ in 0..<count {
            let row = next()
            if row.table == .permit {
                try files.0.append(row)
                counts.permits += 1
            } else {
                try files.1.append(row)
                counts.penalties += 1
            }
        }
        try files.0.flush()
        try files.1.flush()
        return counts
    }
}

/// A file could not be written.
package struct SampleWriteFailure: Error, CustomStringConvertible {
    package let code: Int32
    package var description: String { "样例写入失败 / writing sample rows failed: \(String(cString: strerror(code)))" }
}

/// Lines gathered to pieces of a mebibyte.
private struct BufferedFile {
    private let descriptor: Int32
    private var bytes: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        bytes.reserveCapacity((1 << 20) + 4096)
    }

    mutating func append(line: String) throws(SampleWriteFailure) {
        bytes.append(contentsOf: line.utf8)
        try endLine()
    }

    mutating func append(_ row: SampleRow) throws(SampleWriteFailure) {
        row.appendCSV(to: &bytes)
        try endLine()
    }

    private mutating func endLine() throws(SampleWriteFailure) {
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= 1 << 20 { try flush() }
    }

    mutating func flush() throws(SampleWriteFailure) {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                throw SampleWriteFailure(code: errno)
            }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
