/// How the 16 columns of the reference table (`rec` of the raw SQLite loop) and the fields of the 2018 tables
/// correspond. It is documentation and program at once: ``columns(of:)`` reads it.
///
/// | column | permit (28 fields) | penalty (30 fields) |
/// |---|---|---|
/// | id | street × 2³² + row number | the same |
/// | kind | 行政许可 | 行政处罚 |
/// | subject | XK_XDR_MC | CF_XDR_MC |
/// | uscc | XK_XDR_SHXYM, or XK_XDR_ZJHM of a person | CF_XDR_SHXYM |
/// | doc_no | XK_WSH | CF_WSH |
/// | category | XK_XKZS | CF_CFLB |
/// | content | XK_NR | CF_SY, CF_YJ and CF_NR, one after the other |
/// | decided_on | XK_JDRQ | CF_JDRQ |
/// | valid_from | XK_YXQZ | CF_JDRQ |
/// | valid_to | XK_YXQZI | CF_YXQ |
/// | published_on | XK_JDRQ (the node derives publication) | CF_JDRQ |
/// | agency | XK_XKJG | CF_CFJG |
/// | agency_uscc | XK_XKJGDM | CF_CFJGDM |
/// | status | XK_ZT: 1 有效, 2 撤销 | 有效 (the table has no state) |
/// | origin | street and its number, three digits | the same |
/// | version | 1 | 1 |
package enum SampleMapping {
    /// Where a column's value comes from.
    package enum Source: Sendable, Hashable {
        /// Cells put together; of several, those that are filled.
        case fields([String])
        case identity, kind, state, origin, version
    }

    package struct Column: Sendable {
        package let name: String
        package let permit: Source
        package let penalty: Source

        package func source(_ table: SampleTable) -> Source { table == .permit ? permit : penalty }
    }

    package static let columns: [Column] = [
        Column(name: "id", permit: .identity, penalty: .identity),
        Column(name: "kind", permit: .kind, penalty: .kind),
        Column(name: "subject", permit: .fields(["XK_XDR_MC"]), penalty: .fields(["CF_XDR_MC"])),
        Column(name: "uscc", permit: .fields(["XK_XDR_SHXYM", "XK_XDR_ZJHM"]), penalty: .fields(["CF_XDR_SHXYM"])),
        Column(name: "doc_no", permit: .fields(["XK_WSH"]), penalty: .fields(["CF_WSH"])),
        Column(name: "category", permit: .fields(["XK_XKZS"]), penalty: .fields(["CF_CFLB"])),
        Column(name: "content", permit: .fields(["XK_NR"]), penalty: .fields(["CF_SY", "CF_YJ", "CF_NR"])),
        Column(name: "decided_on", permit: .fields(["XK_JDRQ"]), penalty: .fields(["CF_JDRQ"])),
        Column(name: "valid_from", permit: .fields(["XK_YXQZ"]), penalty: .fields(["CF_JDRQ"])),
        Column(name: "valid_to", permit: .fields(["XK_YXQZI"]), penalty: .fields(["CF_YXQ"])),
        Column(name: "published_on", permit: .fields(["XK_JDRQ"]), penalty: .fields(["CF_JDRQ"])),
        Column(name: "agency", permit: .fields(["XK_XKJG"]), penalty: .fields(["CF_CFJG"])),
        Column(name: "agency_uscc", permit: .fields(["XK_XKJGDM"]), penalty: .fields(["CF_CFJGDM"])),
        Column(name: "status", permit: .state, penalty: .state),
        Column(name: "origin", permit: .origin, penalty: .origin),
        Column(name: "version", permit: .version, penalty: .version),
    ]

    /// Filled fields that no column holds: the node carries them, the reference does not.
    package static let besides: [String: String] = [
        "XK_XDR_LB": "class of subject", "XK_FRDB": "legal representative", "XK_XDR_ZJLX": "kind of a person's document",
        "XK_XKWS": "title of the decision", "XK_XKLB": "kind of permit", "XK_XKBH": "number of the certificate",
        "XK_LYDW": "reporting office", "XK_LYDWDM": "its code",
        "CF_XDR_LB": "class of subject", "CF_FRDB": "legal representative", "CF_WFXW": "kind of offence", "CF_NR_FK": "fine",
        "CF_NR_WFFF": "sum confiscated", "CF_NR_ZKDX": "licence withheld", "CF_SJLY": "reporting office", "CF_SJLYDM": "its code",
    ]

    /// Fields left empty: other registers' codes, what must not be collected, what the node computes, remarks.
    package static let empty: [String] = [
        "XK_XDR_GSZC", "XK_XDR_ZZJG", "XK_XDR_SWDJ", "XK_XDR_SYDW", "XK_XDR_SHZZ", "XK_FR_ZJLX", "XK_FR_ZJHM",
        "CF_XDR_GSZC", "CF_XDR_ZZJG", "CF_XDR_SWDJ", "CF_XDR_SYDW", "CF_XDR_SHZZ", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM",
        "CF_GSJZQ", "BZ",
    ]

    /// The 16 values of a row, in the order of ``columns``. `id` and `version` as decimal text.
    package static func columns(of row: SampleRow) -> [[UInt8]] {
        plans[row.table == .permit ? 0 : 1].map { plan in
            switch plan {
            case .cells(let indices): return indices.count == 1 ? row.cells[indices[0]] : indices.flatMap { row.cells[$0] }
            case .other(.identity): return Array(String(row.street << 32 | row.number).utf8)
            case .other(.kind): return row.table == .permit ? permitWord : penaltyWord
            case .other(.state): return row.table == .permit && row[PermitColumn.state] == [UInt8(ascii: "2")] ? revokedWord : effectiveWord
            case .other(.origin): return originWord(row.street)
            case .other(.version), .other(.fields): return [UInt8(ascii: "1")]
            }
        }
    }

    private enum Plan {
        case cells([Int])
        case other(Source)
    }

    private static let plans: [[Plan]] = [SampleTable.permit, .penalty].map { table in
        columns.map { column in
            guard case .fields(let codes) = column.source(table) else { return .other(column.source(table)) }
            return .cells(codes.compactMap { table.codes.firstIndex(of: $0) })
        }
    }
    private static let permitWord = Array("行政许可".utf8), penaltyWord = Array("行政处罚".utf8)
    private static let effectiveWord = Array("有效".utf8), revokedWord = Array("撤销".utf8)

    private static func originWord(_ street: Int) -> [UInt8] {
        var word = Array("street".utf8)
        SampleCodes.appendDigits(street, width: 3, to: &word)
        return word
    }
}
