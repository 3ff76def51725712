/// Words for the state of a record (rules.md 3.3): one list for page and command line. Unknown values stay as they are.
extension Words {
    package static func label(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "purged": ("已清除", "purged")
        case "revoked": ("撤销", "revoked")
        case "merged": ("并入", "merged")
        case "expired": ("已过期", "expired")
        case "repaired": ("已修复", "repaired")
        case "disputed": ("异议中", "disputed")
        case "corrected": ("已更正", "corrected")
        case "effective": ("有效", "effective")
        case "submitted": ("待审", "submitted")
        case "draft": ("草稿", "draft")
        default: (value, value)
        }
    }

    package static func dispute(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "none": ("无", "none")
        case "open": ("异议中", "open")
        case "upheld": ("成立", "upheld")
        case "rejected": ("不成立", "rejected")
        case "unverifiable": ("无法核实", "unverifiable")
        case "under-review": ("复核中", "under review")
        case "moot": ("已撤销，仍须答复", "moot, in favour")
        default: (value, value)
        }
    }

    package static func repair(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "none": ("无", "none")
        case "applied": ("已申请", "applied")
        case "repaired": ("已修复", "repaired")
        case "provisional": ("暂时修复", "provisional")
        case "refused": ("不予修复", "refused")
        case "withdrawn": ("修复撤销", "withdrawn")
        case "unnecessary": ("异议成立，无须修复", "unnecessary")
        default: (value, value)
        }
    }

    package static func publication(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "not-public": ("不公示", "not public")
        case "published": ("公示中", "published")
        case "suspended": ("暂停", "suspended")
        case "stopped": ("停止", "stopped")
        default: (value, value)
        }
    }

    package static func publicationReason(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "not-effective": ("未生效", "not effective")
        case "disclosure": ("目录不公开", "the catalogue does not disclose it")
        case "person": ("自然人", "a natural person")
        case "no-period": ("无公示期", "no period of publication")
        case "opted-out": ("主体不愿记录", "the subject opted out")
        case "purged": ("已清除", "purged")
        case "revoked": ("已撤销", "revoked")
        case "repaired": ("已修复", "repaired")
        case "expired": ("公示期满", "the period is over")
        case "stopped-by-hand": ("人工停止", "stopped by hand")
        case "identity-under-check": ("主体核查中", "identity under check")
        case "conflict": ("重要字段有冲突", "a material field is in conflict")
        case "overdue-objection": ("异议逾期未答复", "an objection is overdue")
        case "contradicting-decisions": ("决定互相矛盾", "decisions contradict each other")
        case "upheld-not-corrected": ("异议成立，尚未更正", "upheld, not corrected yet")
        case "repair-in-doubt": ("修复存疑", "the repair is in doubt")
        case "suspended-by-hand": ("人工暂停", "suspended by hand")
        case "separated-records": ("拆分待确认", "separated records to be confirmed")
        case "commitment-under-check": ("履约待核", "commitment under check")
        case "returned-by-parent": ("被上级退回", "sent back by a tier above")
        default: (value, value)
        }
    }
}
