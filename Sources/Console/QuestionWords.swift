/// Words for drafts, marks, questions and clocks, by their stable names; a name of a newer node stands for itself.
extension Words {
    package typealias Pair = (zh: String, en: String)

    package static func mark(_ name: String) -> Pair {
        switch name {
        case "disputed": ("异议中", "disputed")
        case "under-review": ("复核中", "under review")
        case "objection-upheld": ("异议成立待更正", "objection upheld, not corrected yet")
        case "litigation": ("复议或诉讼中", "reconsideration or litigation")
        case "repaired": ("已修复", "repaired")
        case "repaired-provisionally": ("暂时修复", "repaired provisionally")
        case "repair-withdrawn": ("修复已撤销", "repair withdrawn")
        case "repair-unnecessary": ("无须修复", "repair not needed")
        case "corrected": ("已更正", "corrected")
        case "expired": ("已过期", "expired")
        case "suspended": ("暂停公示", "publication suspended")
        case "conflict": ("内容有分歧待裁", "contradicting values, undecided")
        case "identity-under-check": ("身份核查中", "identity under check")
        case "commitment-under-check": ("履约待核", "commitment under check")
        case "removal-proposed": ("建议移出待定", "its removal is proposed")
        default: (name, name)
        }
    }

    package static func reviewer(_ name: String) -> Pair {
        switch name {
        case "deciding-unit": ("决定单位审核员", "reviewer of the deciding unit")
        case "deciding-unit-head": ("决定单位负责人", "head of the deciding unit")
        case "legal-officer": ("决定单位法制员", "legal officer of the deciding unit")
        case "parent": ("上级信用办", "credit office above")
        case "deciding-unit-and-parent": ("决定单位和上级信用办", "deciding unit and the office above")
        case "objection-officer": ("异议专员", "objection officer")
        case "sender": ("报送单位审核员", "reviewer of the sender")
        case "author": ("作者知悉", "its author, for knowing")
        case "reviewer": ("审核员", "reviewer")
        default: (name, name)
        }
    }

    /// What a ticket asks, by the rule that raises it (rules.md 3.3, 3.4).
    package static func question(_ rule: String) -> Pair {
        switch rule {
        case "M2": ("外单位提出更正建议", "another unit proposes a correction")
        case "M3": ("两处更正不一致", "two corrections contradict each other")
        case "M4": ("主体身份有分歧", "whom it is about is in doubt")
        case "M5": ("更正后字段互相矛盾", "fields contradict each other after corrections")
        case "M6": ("更正时决定已被撤销", "a correction was overtaken by a revocation")
        case "M8": ("撤销与维持文书并存", "revoked, and upheld by another instrument")
        case "M16": ("异议处理结论相反", "an objection was both upheld and rejected")
        case "M20": ("修复后又有同类失信", "the same kind of fact after a repair")
        case "M21": ("修复决定相反", "a repair was both approved and refused")
        case "M22": ("修复与撤销修复并存", "a repair approved and withdrawn")
        case "M30": ("公示期延长缺少新决定书", "a longer period without a new document")
        case "M33": ("已撤销的决定重新报送", "a revoked decision came again")
        case "M35": ("两处录入同一决定，内容不同", "one decision entered twice, with other values")
        case "M37": ("合并被取消", "records were separated")
        case "M42": ("履约情况说法不一", "units differ on whether a commitment was kept")
        case "T4": ("被上级退回", "sent back by a tier above")
        case "T9": ("异议成立，尚未更正或撤销", "objection upheld, not yet corrected or revoked")
        case "T12": ("修复申请待决定", "a repair was applied for")
        case "T15": ("暂停公示待确认", "a suspension waits to be confirmed")
        default: (rule, rule)
        }
    }

    package static func clock(_ name: String) -> Pair {
        switch name {
        case "decide-own": ("答复（本单位）", "reply, own scope")
        case "decide-other": ("答复（涉及其他单位）", "reply, another unit asked")
        case "forward": ("转办", "forwarding")
        case "provider": ("提供单位核查", "the provider's check")
        case "review": ("复核", "review")
        case "objection-maximum": ("总时限", "all of it")
        case "draft": ("草稿报送", "draft to be reported")
        case "unacknowledged": ("上级未签收", "not acknowledged above")
        default: (name, name)
        }
    }

    /// What relief did to what a look-up told.
    package static func relief(_ name: String) -> Pair {
        switch name {
        case "revoked": ("已撤销", "revoked")
        case "corrected": ("异议成立并更正", "corrected on an objection")
        case "upheld": ("异议成立", "objection upheld")
        case "repaired": ("已修复", "repaired")
        case "suspended": ("暂停公示", "publication suspended")
        case "stopped": ("停止公示", "publication stopped")
        case "separated": ("不是同一决定", "not one decision")
        case "removed": ("已移出名单", "removed from the list")
        default: (name, name)
        }
    }

    package static func ground(_ name: String) -> Pair {
        switch name {
        case "wrong-subject": ("不是本人", "not me")
        case "inaccurate": ("内容有误", "inaccurate")
        case "over-period": ("超过公示期", "over its period")
        case "no-basis": ("没有依据", "no basis")
        case "replica-error": ("与来源不一致", "differs from its source")
        case "delisted": ("已移出名单", "no longer listed")
        case "other": ("其他", "other")
        default: (name, name)
        }
    }

    package static func escalation(_ name: String) -> Pair {
        switch name {
        case "overdue": ("逾期上报", "come up: overdue")
        case "silent": ("属地失联上报", "come up: its home is silent")
        default: (name, name)
        }
    }
}
