/// Field tables of the kinds beyond double publicity, in the form of ``StandardTable``.
///
/// Origin: the fields shown on the national portal for each section of a public credit report, reduced to what the
/// kind needs; names of columns are ours, since no national table is public. To be confirmed by the credit office.
enum ItemTables {
    /// Columns 1–5 where natural persons may be subjects.
    private static func anyone(_ p: String) -> String {
        """
        1|\(p)_ZT_MC|主体名称|名称,行政相对人名称|text|200|Y|plain
        2|\(p)_ZT_LB|主体类别|行政相对人类别|text|16|Y|list:法人及非法人组织/自然人/个体工商户
        3|\(p)_ZT_DM|统一社会信用代码|主体统一社会信用代码|text|18|C2|code0
        4|\(p)_ZT_ZJLX|证件类型|自然人证件类型|text|64|C3|list:身份证/护照/港澳居民来往内地通行证/台湾居民来往大陆通行证/外国人永久居留身份证
        5|\(p)_ZT_ZJHM|证件号码|自然人证件号码|text|64|C3|personal

        """
    }

    /// Columns 1–2 where only organisations and traders with a code are subjects.
    private static func registered(_ p: String) -> String {
        """
        1|\(p)_ZT_MC|主体名称|名称,企业名称|text|200|Y|plain
        2|\(p)_ZT_DM|统一社会信用代码|主体统一社会信用代码|text|18|Y|code

        """
    }

    static let commitment = anyone("CN") + """
        6|CN_LX|承诺类型||text|32|Y|list:审批替代型/主动公示型/行业自律型/信用修复型/容缺受理型/证明事项型/其他|m
        7|CN_SY|承诺事由||text|500|Y|plain|m
        8|CN_NR|承诺内容||text|4000|N|plain|m
        9|CN_RQ|做出承诺日期|承诺日期|date|10|Y|plain
        10|CN_QX|履约期限|承诺有效期至|date|10|N|plain
        11|CN_LYZT|履约状态||text|8|N|list:履约中/已履约/未履约
        12|CN_YT|约谈情况||text|2000|N|plain
        13|CN_SLDW|承诺受理单位||text|200|Y|plain
        14|CN_SLDWDM|承诺受理单位统一社会信用代码|承诺受理单位代码|text|18|Y|code
        15|BZ|备注||text|4000|N|plain
        """

    static let interview = registered("YT") + """
        3|YT_RQ|约谈日期||date|10|Y|plain
        4|YT_SY|约谈事由||text|500|Y|plain|m
        5|YT_DX|被约谈人职务||text|64|N|plain
        6|YT_NR|约谈内容||text|4000|N|plain|m
        7|YT_ZGQX|整改期限||date|10|N|plain
        8|YT_ZGQK|整改情况||text|2000|N|plain
        9|YT_DW|约谈单位||text|200|Y|plain
        10|YT_DWDM|约谈单位统一社会信用代码|约谈单位代码|text|18|Y|code
        11|BZ|备注||text|4000|N|plain
        """

    static let honour = anyone("RY") + """
        6|RY_MC|荣誉名称||text|200|Y|plain|m
        7|RY_JB|荣誉级别||text|8|Y|list:国家级/省级/市级/县级/其他|m
        8|RY_WH|表彰文件文号|文号|text|64|Y|document
        9|RY_RQ|授予日期||date|10|Y|plain
        10|RY_YXQZ|有效期至||date|10|N|plain
        11|RY_DW|授予单位||text|200|Y|plain
        12|RY_DWDM|授予单位统一社会信用代码|授予单位代码|text|18|Y|code
        13|BZ|备注||text|4000|N|plain
        """

    static let basic = registered("JB") + """
        3|JB_LX|主体类型||text|64|N|plain
        4|JB_FDDBR|法定代表人|负责人|text|50|N|plain
        5|JB_CLRQ|成立日期||date|10|Y|plain
        6|JB_HZRQ|核准日期||date|10|Y|plain
        7|JB_ZS|住所||text|200|N|plain
        8|JB_JYFW|经营范围||text|4000|N|plain
        9|JB_DJZT|登记状态||text|8|Y|list:存续/吊销/注销/撤销/迁出|m
        10|JB_DJJG|登记机关||text|200|Y|plain
        11|JB_DJJGDM|登记机关统一社会信用代码|登记机关代码|text|18|Y|code
        12|BZ|备注||text|4000|N|plain
        """

    static let selfDeclared = registered("ZZ") + """
        3|ZZ_BH|申报编号||text|64|Y|plain
        4|ZZ_LX|信息类别||text|16|Y|list:资质证照/市场经营/合同履约/社会公益/年度报告/其他|m
        5|ZZ_NR|申报内容||text|4000|Y|plain|m
        6|ZZ_RQ|申报日期||date|10|Y|plain
        7|ZZ_CN|真实性承诺||text|1|Y|list:是
        8|ZZ_SLDW|受理单位||text|200|Y|plain
        9|ZZ_SLDWDM|受理单位统一社会信用代码|受理单位代码|text|18|Y|code
        10|BZ|备注||text|4000|N|plain
        """

    static let seriousList = anyone("YZ") + """
        6|YZ_MDMC|名单名称||text|200|Y|plain|m
        7|YZ_RDYJ|认定依据||text|2048|Y|plain|m
        8|YZ_WSH|列入决定文书号|认定文书号|text|64|Y|document
        9|YZ_LRRQ|列入日期||date|10|Y|plain
        10|YZ_YCRQ|移出日期||date|10|N|plain
        11|YZ_YCYY|移出原因||text|500|N|plain
        12|YZ_SXSS|失信事实||text|5000|N|plain|m
        13|YZ_ZRR|责任人员姓名||text|200|C1|plain|r
        14|YZ_ZRRZW|责任人员职务||text|200|N|plain|r
        15|YZ_RDDW|认定部门||text|200|Y|plain
        16|YZ_RDDWDM|认定部门统一社会信用代码|认定部门代码|text|18|Y|code
        17|BZ|备注||text|4000|N|plain
        """

    static let jointMeasure = anyone("LH") + """
        6|LH_MDMC|命中名单||text|200|Y|plain|m
        7|LH_WSH|命中条目文书号||text|64|Y|document
        8|LH_YT|用途代码||text|32|Y|plain|m
        9|LH_CSDM|措施代码||text|32|Y|plain|m
        10|LH_SS|是否实施||text|1|Y|list:是/否|m
        11|LH_RQ|办理日期||date|10|Y|plain
        12|LH_XG|效果||text|2000|N|plain
        13|LH_DW|实施单位||text|200|Y|plain
        14|LH_DWDM|实施单位统一社会信用代码|实施单位代码|text|18|Y|code
        15|BZ|备注||text|4000|N|plain
        """
}
