/// The words that sample rows are put together from, as UTF-8. Place names are invented; statutes are real,
/// because a decision must name a basis. No word holds an ASCII comma, quotation mark or line break: the CSV
/// needs no quoting.
struct SampleVocabulary: Sendable {
    let surnames = characters("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡")
    let names = characters("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国志海燕鑫宇浩晨嘉欣怡子轩梓涵瑞祥和泰恒顺达兴盛源隆昌德信诚康宁安远航博雅汇通鼎立")
    let places = words("青岚 云浦 澄川 安澜 临沄 固陵 泊海 石溪 东峤 南沚 平澜 新沅")
    let trades = words("餐饮管理 建筑工程 物流运输 食品 医药 科技 商贸 环保科技 装饰工程 汽车服务 教育咨询 人力资源 物业管理 机械制造 纺织 农业发展 能源 文化传媒 房地产开发 酒店管理")
    let companyForms = words("有限公司 有限责任公司 股份有限公司")
    let soleTraderForms = words("经营部 商行 服务部")
    let statutes = words("食品安全法 安全生产法 大气污染防治法 水污染防治法 广告法 产品质量法 价格法 消防法 道路运输条例 城镇燃气管理条例 市容和环境卫生管理条例 公共场所卫生管理条例 药品管理法 建筑法 行政许可法 计量法")
    let offences = words("""
        未按规定公示经营信息 使用未经检定的计量器具 超出核定范围从事经营活动 未采取有效防尘措施 占用疏散通道堆放物品 销售标签不符合规定的预包装食品 \
        未建立进货查验记录制度 未取得从业人员健康合格证明上岗 擅自改变建筑外立面 未落实隐患排查治理制度 夜间施工产生噪声污染 车辆未安装卫星定位装置 \
        发布含有绝对化用语的广告 未按照操作规程处置废弃油脂 排放污染物超过许可限值
        """)
    let sanctions = words("警告 罚款 没收违法所得 责令停产停业 暂扣许可证件 通报批评")
    /// What is permitted, and its kind in 许可类别.
    let permits = zip(
        words("食品经营许可 道路货物运输经营许可 公共场所卫生许可 户外广告设置许可 占道施工许可 排水许可 特种设备使用登记 危险化学品经营许可 建筑垃圾处置核准 劳务派遣经营许可"),
        words("普通 普通 普通 普通 普通 普通 登记 特许 核准 普通")
    ).map { Permit(title: $0, category: $1) }
    let personPermits = zip(words("道路运输从业资格 特种作业操作资格 机动车驾驶教练员资格 特种设备作业人员资格"), words("认可 认可 认可 认可"))
        .map { Permit(title: $0, category: $1) }
    let sentences = words("""
        当事人应当自收到本决定书之日起十五日内履行 逾期不履行的每日按百分之三加处罚款 经审查申请材料齐全且符合法定形式准予许可 \
        有效期届满三十日前应当申请延续 如不服本决定可在六十日内申请行政复议 应当在醒目位置悬挂许可证件并接受监督检查 \
        案件材料已归档并在政府网站公示 整改情况由属地街道办事处复查并报送上级部门
        """)
    let common = characters("""
        的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里\
        如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或\
        但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组\
        见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处
        """)

    struct Permit: Sendable {
        let title: [UInt8]
        let category: [UInt8]
    }

    static func words(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
    static func characters(_ text: String) -> [[UInt8]] { text.unicodeScalars.map { Array(String($0).utf8) } }
}
