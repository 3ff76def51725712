import CSheets

/// Why a spreadsheet cannot be read. Messages for people are made where faults are shown.
package enum SheetFault: Error, Sendable, Hashable {
    /// No workbook, or a damaged one; `detail` is technical.
    case malformed(String)
    case encrypted
    /// A part is larger than `limit` bytes when unpacked, or packed beyond belief.
    case tooLarge(part: String, limit: Int)
    case tooWide(limit: Int)
    case tooManyCells(limit: Int)
    case noSheet(String, available: [String])
    case unreadable(String)
}

/// What a reader of spreadsheets accepts: far above any real table, far below what harms a machine.
package struct SheetLimits: Sendable {
    /// Bytes of the table's own part, unpacked.
    package var sheetBytes = 2 << 30
    /// Bytes of every other part, unpacked; the shared texts are held in memory.
    package var partBytes = 96 << 20
    /// How much larger a part may be than its packed form, once it passes 16 MiB. Real tables stay below 50.
    package var ratio = 250
    package var columns = 256
    /// Cells of the table, empty ones too where the form lists them.
    package var cells = 64_000_000
    /// Bytes of an .xls file, which is read whole.
    package var xlsBytes = 96 << 20

    package init() {}
}

/// The parts of a ZIP archive, through libzip; bounded while they are unpacked, whatever their headers say.
@safe final class ZipArchive: @unchecked Sendable {  // owned by the one reader of a file
    private let archive: OpaquePointer

    /// - Throws: ``SheetFault``
    init(path: String) throws(SheetFault) {
        var code: Int32 = 0
        guard let opened = unsafe zip_open(path, ZIP_RDONLY, &code) else {
            throw code == ZIP_ER_OPEN || code == ZIP_ER_NOENT || code == ZIP_ER_READ ? .unreadable("libzip \(code)") : .malformed("zip \(code)")
        }
        unsafe archive = opened
    }

    deinit { unsafe zip_discard(archive) }

    func part(_ name: String, limit: Int, ratio: Int) throws(SheetFault) -> ZipPart? {
        var stat = unsafe zip_stat_t()
        guard unsafe zip_stat(archive, name, zip_flags_t(ZIP_FL_NOCASE), &stat) == 0 else { return nil }
        guard unsafe stat.encryption_method == UInt16(ZIP_EM_NONE) else { throw .encrypted }
        guard unsafe stat.size <= UInt64(limit) else { throw .tooLarge(part: name, limit: limit) }
        guard let file = unsafe zip_fopen_index(archive, stat.index, 0) else { throw .malformed(name) }
        return unsafe ZipPart(self, file, name: name, packed: Int(clamping: stat.comp_size), limit: limit, ratio: ratio)
    }

    /// A small part as a whole; nil when there is none.
    func bytes(_ name: String, limit: Int, ratio: Int) throws(SheetFault) -> [UInt8]? {
        guard let part = try part(name, limit: limit, ratio: ratio) else { return nil }
        var whole: [UInt8] = []
        while true {
            let piece = try part.read()
            if piece.isEmpty { return whole }
            whole += piece
        }
    }
}

/// One part while it is unpacked.
@safe final class ZipPart: @unchecked Sendable {  // owned by the one reader of a file
    private let archive: ZipArchive
    private let file: OpaquePointer
    private let name: String
    private let packed: Int
    private let limit: Int
    private let ratio: Int
    private var total = 0
    private static let block = 64 * 1024

    fileprivate init(_ archive: ZipArchive, _ file: OpaquePointer, name: String, packed: Int, limit: Int, ratio: Int) {
        self.archive = archive
        unsafe self.file = file
        self.name = name
        self.packed = packed
        self.limit = limit
        self.ratio = ratio
    }

    deinit { _ = unsafe zip_fclose(file) }

    /// The next bytes, at most 64 KiB; empty at the end.
    func read() throws(SheetFault) -> [UInt8] {
        var got: Int64 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: ZipPart.block) { buffer, count in
            got = unsafe zip_fread(file, buffer.baseAddress, UInt64(ZipPart.block))
            count = max(0, Int(got))
        }
        guard got >= 0 else { throw .malformed(name) }
        total += bytes.count
        if total > limit || (total > 16 << 20 && total / ratio > packed) { throw .tooLarge(part: name, limit: limit) }
        return bytes
    }
}
