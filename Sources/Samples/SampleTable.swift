/// The two publicity tables of 发改办财金〔2018〕424号, as columns of a CSV file.
package enum SampleTable: UInt64, Sendable, Hashable, CaseIterable {
    case permit = 1
    case penalty = 2

    /// Field codes in the order of the table; the header of a file.
    package var codes: [String] {
        switch self {
        case .permit: SampleTable.permitCodes
        case .penalty: SampleTable.penaltyCodes
        }
    }

    /// `--item` of an import.
    package var item: String {
        switch self {
        case .permit: "permit"
        case .penalty: "penalty"
        }
    }

    private static let permitCodes = PermitColumn.allCases.map { $0.code }
    private static let penaltyCodes = PenaltyColumn.allCases.map { $0.code }
}

/// Columns of the permit table, 行政许可; the raw value is the place in the row, from 0.
enum PermitColumn: Int, CaseIterable {
    case name, subjectClass, creditCode, registration, organisationCode, taxCode, institution, association
    case representative, representativeDocument, representativeNumber, document, number
    case decisionTitle, decisionNumber, category, certificate, certificateNumber, content
    case decidedOn, validFrom, validTo, authority, authorityCode, state, source, sourceCode, remark

    var code: String {
        switch self {
        case .name: "XK_XDR_MC"
        case .subjectClass: "XK_XDR_LB"
        case .creditCode: "XK_XDR_SHXYM"
        case .registration: "XK_XDR_GSZC"
        case .organisationCode: "XK_XDR_ZZJG"
        case .taxCode: "XK_XDR_SWDJ"
        case .institution: "XK_XDR_SYDW"
        case .association: "XK_XDR_SHZZ"
        case .representative: "XK_FRDB"
        case .representativeDocument: "XK_FR_ZJLX"
        case .representativeNumber: "XK_FR_ZJHM"
        case .document: "XK_XDR_ZJLX"
        case .number: "XK_XDR_ZJHM"
        case .decisionTitle: "XK_XKWS"
        case .decisionNumber: "XK_WSH"
        case .category: "XK_XKLB"
        case .certificate: "XK_XKZS"
        case .certificateNumber: "XK_XKBH"
        case .content: "XK_NR"
        case .decidedOn: "XK_JDRQ"
        case .validFrom: "XK_YXQZ"
        case .validTo: "XK_YXQZI"
        case .authority: "XK_XKJG"
        case .authorityCode: "XK_XKJGDM"
        case .state: "XK_ZT"
        case .source: "XK_LYDW"
        case .sourceCode: "XK_LYDWDM"
        case .remark: "BZ"
        }
    }
}

/// Columns of the penalty table, 行政处罚; the raw value is the place in the row, from 0.
enum PenaltyColumn: Int, CaseIterable {
    case name, subjectClass, creditCode, registration, organisationCode, taxCode, institution, association
    case representative, representativeDocument, representativeNumber, document, number
    case decisionNumber, offence, facts, basis, sanctions, content, fine, confiscated, licence
    case decidedOn, validTo, publishedUntil, authority, authorityCode, source, sourceCode, remark

    var code: String {
        switch self {
        case .name: "CF_XDR_MC"
        case .subjectClass: "CF_XDR_LB"
        case .creditCode: "CF_XDR_SHXYM"
        case .registration: "CF_XDR_GSZC"
        case .organisationCode: "CF_XDR_ZZJG"
        case .taxCode: "CF_XDR_SWDJ"
        case .institution: "CF_XDR_SYDW"
        case .association: "CF_XDR_SHZZ"
        case .representative: "CF_FRDB"
        case .representativeDocument: "CF_FR_ZJLX"
        case .representativeNumber: "CF_FR_ZJHM"
        case .document: "CF_XDR_ZJLX"
        case .number: "CF_XDR_ZJHM"
        case .decisionNumber: "CF_WSH"
        case .offence: "CF_WFXW"
        case .facts: "CF_SY"
        case .basis: "CF_YJ"
        case .sanctions: "CF_CFLB"
        case .content: "CF_NR"
        case .fine: "CF_NR_FK"
        case .confiscated: "CF_NR_WFFF"
        case .licence: "CF_NR_ZKDX"
        case .decidedOn: "CF_JDRQ"
        case .validTo: "CF_YXQ"
        case .publishedUntil: "CF_GSJZQ"
        case .authority: "CF_CFJG"
        case .authorityCode: "CF_CFJGDM"
        case .source: "CF_SJLY"
        case .sourceCode: "CF_SJLYDM"
        case .remark: "BZ"
        }
    }
}
