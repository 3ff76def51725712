extension Catalogue {
    /// What a city starts with: double publicity after 发改办财金〔2018〕424号, and an example of every other kind. The one
    /// source of truth; `Config/catalogue.yaml` is the same edition for people to copy and change.
    package static let standard = Catalogue(
        number: 1, title: "公共信用信息目录（示例）",
        items: [permit, penalty, commitment, interview, honour, basic, selfDeclared, seriousList, jointMeasure])

    private static func item(
        _ number: UInt32, _ code: String, _ zh: String, _ en: String, _ kind: RecordKind, class text: String, bases: [String], disclosure: Disclosure,
        upToTier: UInt32 = 1, table: String, roles: FieldRoles, _ complete: (inout CatalogueItem) -> Void
    ) -> CatalogueItem {
        var item = CatalogueItem(
            code: code, number: number, titleZh: zh, titleEn: en, bases: bases.map(LegalBasis.init), kind: kind, disclosure: disclosure,
            upToTier: upToTier, retentionDays: nil, fields: StandardTable.fields(table), roles: roles)
        item.informationClass = InformationClass(scheme: "base-catalogue", text: text)
        complete(&item)
        return item
    }

    /// Roles of columns 1–5 as ``ItemTables`` writes them.
    private static func anyone(_ complete: (inout FieldRoles) -> Void) -> FieldRoles {
        var roles = FieldRoles(subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 4, personIDNumber: 5, authorityCode: nil)
        complete(&roles)
        return roles
    }

    private static let doublePublicity = "国家发展改革委办公厅关于进一步完善行政许可和行政处罚等信用信息公示工作的指导意见||发改办财金〔2018〕424号"
    private static let newSupervision = "国务院办公厅关于加快推进社会信用体系建设构建以信用为基础的新型监管机制的指导意见||国办发〔2019〕35号"
    private static let boundaries = "国务院办公厅关于进一步完善失信约束制度构建诚信建设长效机制的指导意见||国办发〔2020〕49号"

    private static let permit = item(
        1, "permit", "行政许可", "Administrative permit", .permit, class: "行政管理信息/行政许可",
        bases: [doublePublicity, "中华人民共和国行政许可法|第四十条"], disclosure: .public, table: StandardTable.permit,
        roles: FieldRoles(subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 12, personIDNumber: 13,
                          documentNumber: 15, itemNumber: 18, authorityName: 23, authorityCode: 24, sourceCode: 27,
                          decisionDate: 20, validFrom: 21, validTo: 22, state: 25)
    ) {
        $0.deadline = ReportingDeadline(term: .workingDays(7), from: 20)
        $0.publication = .whileValid
        $0.flags = [.personsAllowed]
        $0.updateFrequency = .daily
        $0.providerKinds = [.organ, .authorised, .street]
    }

    private static let penalty = item(
        2, "penalty", "行政处罚", "Administrative penalty", .penalty, class: "行政管理信息/行政处罚",
        bases: [doublePublicity, "中华人民共和国行政处罚法|第四十八条"], disclosure: .public, table: StandardTable.penalty,
        roles: FieldRoles(subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 12, personIDNumber: 13,
                          documentNumber: 14, authorityName: 26, authorityCode: 27, sourceCode: 29,
                          decisionDate: 23, validTo: 24, sanctions: 18, severity: 101, procedure: 102)
    ) {
        $0.deadline = ReportingDeadline(term: .workingDays(7), from: 23)
        $0.publication = .bySeverity
        $0.flags = [.personsAllowed, .excludesSummaryProcedure]
        $0.updateFrequency = .daily
        $0.providerKinds = [.organ, .authorised, .street]
    }

    private static let commitment = item(
        3, "commitment", "信用承诺", "Credit commitment", .commitment, class: "信用承诺及履行信息", bases: [newSupervision], disclosure: .public,
        table: ItemTables.commitment, roles: anyone { $0.authorityName = 13; $0.authorityCode = 14; $0.decisionDate = 9; $0.validTo = 10; $0.state = 11 }
    ) {
        $0.keyFields = [6, 7, 9]
        $0.deadline = ReportingDeadline(term: .workingDays(7), from: 9)
        $0.publication = .whileValid
        $0.flags = [.personsAllowed]
    }

    /// Reported to the district only.
    private static let interview = item(
        4, "interview", "诚信约谈", "Interview", .interview, class: "其他信息/诚信约谈", bases: [newSupervision], disclosure: .shared, upToTier: 2,
        table: ItemTables.interview,
        roles: FieldRoles(subjectName: 1, subjectCode: 2, authorityName: 9, authorityCode: 10, decisionDate: 3, validTo: 7, state: 8)
    ) {
        $0.keyFields = [3, 4]
        $0.deadline = ReportingDeadline(term: .days(15), from: 3)
        $0.sharingScope = "本区街道和区级部门"
        $0.retentionDays = 730
        $0.local = LocalSupplement(proposedBy: CreditCode.placeholder)
        $0.providerKinds = [.organ, .street, .creditOffice]
        $0.informationClass.scheme = "local"
    }

    private static let honour = item(
        5, "honour", "诚实守信相关荣誉", "Honour", .honour, class: "诚实守信相关荣誉信息",
        bases: ["国务院关于建立完善守信联合激励和失信联合惩戒制度加快推进社会诚信建设的指导意见||国发〔2016〕33号"], disclosure: .public,
        table: ItemTables.honour,
        roles: anyone { $0.documentNumber = 8; $0.itemNumber = 6; $0.authorityName = 11; $0.authorityCode = 12; $0.decisionDate = 9; $0.validTo = 10 }
    ) {
        $0.deadline = ReportingDeadline(term: .workingDays(20), from: 9)
        $0.publication = .whileValid
        $0.flags = [.personsAllowed, .optOutAllowed]
        $0.updateFrequency = .quarterly
    }

    private static let basic = item(
        6, "basic", "登记注册基本信息", "Registration", .basicInformation, class: "登记注册基本信息",
        bases: ["企业信息公示暂行条例|第六条", "中华人民共和国政府信息公开条例|第二十六条"], disclosure: .public, table: ItemTables.basic,
        roles: FieldRoles(subjectName: 1, subjectCode: 2, authorityName: 10, authorityCode: 11, decisionDate: 6, state: 9)
    ) {
        $0.keyFields = [5]
        $0.deadline = ReportingDeadline(term: .workingDays(20), from: 6)
        $0.publication = .whileValid
        $0.updateFrequency = .daily
        $0.providerKinds = [.organ, .institution]
    }

    private static let selfDeclared = item(
        7, "self-declared", "经营主体自主提供信息", "Self-declared information", .selfDeclared, class: "经营主体自主提供信息",
        bases: ["企业信息公示暂行条例|第十二条", newSupervision], disclosure: .public, table: ItemTables.selfDeclared,
        roles: FieldRoles(subjectName: 1, subjectCode: 2, authorityName: 8, authorityCode: 9, decisionDate: 6)
    ) {
        $0.keyFields = [3]
        $0.publication = .whileValid
        $0.flags = [.publishBeforeAndAfter, .optOutAllowed]
    }

    private static let seriousList = item(
        8, "serious-list", "严重失信主体名单信息", "Serious-dishonesty list entry", .listEntry, class: "严重失信主体名单信息", bases: [boundaries],
        disclosure: .public, table: ItemTables.seriousList,
        roles: anyone { $0.documentNumber = 8; $0.itemNumber = 6; $0.authorityName = 15; $0.authorityCode = 16; $0.decisionDate = 9; $0.validTo = 10 }
    ) {
        $0.deadline = ReportingDeadline(term: .workingDays(7), from: 9)
        $0.publication = .fixed(.serious)
        $0.flags = [.personsAllowed]
        $0.providerKinds = [.organ, .authorised, .judicial]
    }

    private static let jointMeasure = item(
        9, "joint-measure", "联合奖惩案例", "Joint-measure case", .jointMeasure, class: "其他信息/联合奖惩案例", bases: [boundaries], disclosure: .shared,
        table: ItemTables.jointMeasure,
        roles: anyone { $0.documentNumber = 7; $0.authorityName = 13; $0.authorityCode = 14; $0.decisionDate = 11; $0.state = 10 }
    ) {
        $0.keyFields = [8, 9, 11]
        $0.deadline = ReportingDeadline(term: .days(15), from: 11)
        $0.flags = [.personsAllowed]
        $0.sharingScope = "实施单位及其上级信用主管部门"
        $0.updateFrequency = .monthly
    }
}
