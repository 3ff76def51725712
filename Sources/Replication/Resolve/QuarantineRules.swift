import Registry

/// One rule by which a change may be quarantined, with words for people: what is wrong, and what to do.
package struct QuarantineRule: Sendable, Hashable {
    /// Who may release a change from it.
    package enum Release: String, Sendable, Hashable {
        /// Nobody: its form, its place or its author is wrong. It is written anew.
        case never
        /// Any node above the author; of the root's own changes the root.
        case above
        /// The root alone.
        case root
    }

    /// Stable, sealed in notices and rulings.
    package let name: String
    package let zh: String
    package let en: String
    package let remedyZh: String
    package let remedyEn: String
    package let release: Release
}

/// Every rule that judging knows. A test compares the table with the source.
package enum QuarantineRules {
    package static let all: [QuarantineRule] = table.sorted { $0.name < $1.name }

    package static func named(_ name: String) -> QuarantineRule? { table.first { $0.name == name } }

    /// Of a rule that only a newer node knows.
    package static func words(_ name: String) -> (zh: String, en: String, remedyZh: String, remedyEn: String) {
        guard let rule = named(name) else { return ("较新版本的规则 \(name)", "a rule of a newer version: \(name)", "升级本节点后重放", "upgrade this node; it judges again") }
        return (rule.zh, rule.en, rule.remedyZh, rule.remedyEn)
    }

    /// Whether a node at `author` may release a change of `changed` from a rule.
    package static func mayRelease(_ name: String, of changed: NodePath, by author: NodePath) -> Bool {
        guard let rule = named(name) else { return false }
        let above = author.isProperAncestor(of: changed) || (author.depth == 1 && author == changed)
        return switch rule.release {
        case .never: false
        case .above: above
        case .root: above && author.depth == 1
        }
    }

    private static func rule(
        _ name: String, _ zh: String, _ en: String, _ remedyZh: String, _ remedyEn: String, _ release: QuarantineRule.Release = .never
    ) -> QuarantineRule {
        QuarantineRule(name: name, zh: zh, en: en, remedyZh: remedyZh, remedyEn: remedyEn, release: release)
    }

    private static let again = ("按要求重新办理", "do it again as it must be")

    private static let table: [QuarantineRule] = [
        rule("actor-operator", "缺少经办人", "nobody is named as operator", again.0, again.1),
        rule("actor-unit", "经办单位代码无效", "the acting unit has no valid code", "核对统一社会信用代码后重新办理", "correct the unit's code and do it again"),
        rule("branch-lost", "本机旧身份写下而无人接收的变更", "written by this machine under a name used twice; nobody took it", "以本机新身份重新办理", "do it again: this machine has a new name now"),
        rule("cut-over", "单位或事项已终止", "the unit or the item has ended", "由承接单位办理", "to be done by the successor"),
        rule("erasure-basis", "清除未写明依据和理由", "an erasure gives no basis or reason", again.0, again.1),
        rule("item-withdrawn", "事项已撤销", "the item was withdrawn", "停止录入；决定当时合法的由根节点放行", "stop entering it; the root releases what was lawful when it was decided", .root),
        rule("mirror-read-only", "镜像名单不得改动", "a mirrored list is not changed here", "向名单主管机关提出", "take it to the list's authority"),
        rule("no-listing-power", "单位无权列入名单", "the unit has no power to list", "由有权单位列入", "a unit with the power lists"),
        rule("no-opt-out", "该事项不得拒绝记录", "the item is recorded whether or not the subject wishes it", "不予登记", "nothing to be done"),
        rule("not-narrower", "公开范围未收窄", "the disclosure is no narrower", "放宽由根节点决定", "only the root widens"),
        rule("person-sealed", "签发节点无法读取证件号码", "the issuer cannot read the person's number", "由名单签发节点录入", "the list's issuer enters it"),
        rule("purged", "记录已清除", "the record was purged", "新的不利后果须有新的决定书", "a new adverse effect needs a new decision document"),
        rule("reject-code", "退回未写明代码", "a return names no code", again.0, again.1),
        rule("tombstone-key", "该节点没有自然人键的密钥", "the key for persons' natural keys is not held there", "由区级以上节点清除", "a district or a node above it erases"),
        rule("draft-shared", "草稿不得报送", "drafts stay local", "经审核后报送", "have it reviewed, then it is entered"),
        rule("edition-number", "版次编号有误", "the edition's number is wrong", "由签发节点重新签发", "its issuer signs it again"),
        rule("filing-authority", "决定机关代码无效", "the deciding unit it names has no valid code", "核对后重新受理", "correct the code and file it again"),
        rule("fork-evidence", "分叉的证据不成立", "the evidence of a fork does not hold", "查明转递节点", "find out about the node that passed it on"),
        rule("forward-unit", "移送单位代码无效", "the unit it is forwarded to has no valid code", "核对后重新移送", "correct the code and forward it again"),
        rule("four-eyes", "须由两人办理", "two persons are needed", "由另一人审核后重新办理", "do it again with a reviewer, another person than the operator"),
        rule("instrument-rank", "文书层级不符", "the instrument has not the rank that is needed", "核对文书后重新办理", "see the instrument, and do it again under its rank"),
        rule("invalid-record", "记录内容不合字段规则", "fields of the record break rules of its item", "更正后重新录入；确有依据的由上级放行", "correct and enter it again; a node above may release what is right as it stands", .above),
        rule("list-age", "名单未写明时效", "the list does not say how long it stays fresh", again.0, again.1),
        rule("list-authority", "名单主管机关代码无效", "the list's authority has no valid code", again.0, again.1),
        rule("list-code", "名单代码有误", "the list's code is not well formed", again.0, again.1),
        rule("list-document", "名单条目缺少决定文书", "the entry names no decision document", "补文书号后重新列入", "enter it again with its document"),
        rule("malformed", "格式有误", "its form is broken", "由作者节点重新办理；检查其程序版本", "its node does it again; see which version runs there"),
        rule("no-basis", "没有法律依据", "it has no legal basis", "写明依据后重新办理", "do it again with its basis"),
        rule("no-case", "未写明案号", "no case is named", again.0, again.1),
        rule("no-document", "未写明文书号", "no document is named", again.0, again.1),
        rule("no-edition", "未写明目录版次", "it names no catalogue edition", "升级作者节点", "upgrade its node"),
        rule("no-reason", "未写明理由", "no reason is given", again.0, again.1),
        rule("no-receipt", "没有回执号", "there is no receipt number", again.0, again.1),
        rule("no-source", "技术更正未比对来源", "a technical correction without its source", "与来源比对后重新更正", "compare with the source and correct again"),
        rule("not-competent", "无权办理", "not competent", "由有权节点办理", "to be done by the competent node"),
        rule("not-releasable", "该规则不得放行", "nobody releases from this rule", "由作者更正后重新办理", "its author writes it anew"),
        rule("origin-unproven", "原点没有有效证明", "it claims another origin without valid proof", "查明转递节点", "find out about the node that passed it on"),
        rule("person-on-list", "公布的名单含自然人信息", "a published list names a person", "重新公布", "publish it again"),
        rule("proposal-reason", "建议或答复未写明理由", "a proposal or its answer gives no reason", again.0, again.1),
        rule("revocation-document", "撤销未写明文书和理由", "the revocation names no document or reason", again.0, again.1),
        rule("subject-kind", "主体类别不符", "not a kind of subject that stands there", again.0, again.1),
        rule("unit-not-competent", "单位不在该节点办公", "the unit does not work at that node", "更新单位名录；或由上级放行", "issue the unit registry anew; or a node above releases it", .above),
        rule("unit-succeeded", "单位已由其他单位承接", "the unit was succeeded by another", "承接单位核对后由上级放行，或重新办理", "the successor looks at it, and a node above releases it; or it is done again", .above),
        rule("unknown-item", "目录版次中没有该事项", "the catalogue edition it names has no such item", "按现行目录重新录入", "enter it again under the catalogue in force"),
        rule("unknown-kind", "较新版本写的内容", "written by a newer node", "升级本节点，自动重新判定", "upgrade this node: it is judged again"),
        rule("wrong-audience", "报送范围不符", "not the audience it belongs to", "由作者节点重新办理；检查其程序版本", "its node does it again; see which version runs there"),
        rule("wrong-lane", "通道不符", "not the lane it belongs to", "由作者节点重新办理；检查其程序版本", "its node does it again; see which version runs there"),
    ]
}
