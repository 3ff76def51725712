/// One made row: the cells of its table, empty where the field is not filled.
package struct SampleRow: Sendable, Hashable {
    package let table: SampleTable
    package let street: Int
    /// Number of the row in its street, from 0.
    package let number: Int
    /// One per column of the table, UTF-8 without comma, quotation mark or line break.
    package internal(set) var cells: [[UInt8]]
    /// What was spoilt on purpose.
    package internal(set) var fault: SampleFault?

    init(table: SampleTable, street: Int, number: Int) {
        self.table = table
        self.street = street
        self.number = number
        cells = Array(repeating: [], count: table.codes.count)
    }

    subscript(column: PermitColumn) -> [UInt8] {
        get { cells[column.rawValue] }
        set { cells[column.rawValue] = newValue }
    }

    subscript(column: PenaltyColumn) -> [UInt8] {
        get { cells[column.rawValue] }
        set { cells[column.rawValue] = newValue }
    }

    /// The cell of a field code; nil when the table has no such field.
    package func cell(_ code: String) -> [UInt8]? { table.codes.firstIndex(of: code).map { cells[$0] } }

    /// The document number as text.
    package var documentNumber: String {
        String(decoding: table == .permit ? self[PermitColumn.decisionNumber] : self[PenaltyColumn.decisionNumber], as: UTF8.self)
    }

    /// Appends the row as one line of CSV, without a line break.
    package func appendCSV(to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: cell)
        }
    }

    package var csvLine: String {
        var bytes: [UInt8] = []
        appendCSV(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
