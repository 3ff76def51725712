import NodeRuntime
import Samples
import Stage
import Synchronization

/// The story of the demo, chapter by chapter. Every wait has an end and says what it waited for.
final class DemoStory: Sendable {
    static let list = "serious-dishonesty"
    /// Rows imported while the line is cut.
    static let offlineRows = 500
    /// Rows spoilt on purpose at the street with the old files, by number.
    static let spoilt: [Int: SampleFault] = [10: .wrongCheckCharacter, 20: .impossibleDate, 30: .citizenNumberInText]
    /// The last is never put on the list, the second is taken off.
    static let subjects = (0..<4).map(SampleSubject.init(number:))

    let troupe: Troupe
    let executable: String
    let rows: Int
    let screen: DemoScreen
    private let built = Mutex<DemoTown?>(nil)
    private let kept = Mutex<[ImportReport]>([])
    private let times = Mutex<[(zh: String, en: String, took: Duration)]>([])

    init(troupe: Troupe, executable: String, rows: Int, screen: DemoScreen) {
        self.troupe = troupe
        self.executable = executable
        self.rows = rows
        self.screen = screen
    }

    /// Tells all of it and returns whether everything agreed at the end.
    func tell() async throws -> DemoVerdict {
        let town = try await chapter("一、组网", "1. Setting up") {
            try await DemoTown.build(troupe, executable: executable, screen)
        }
        built.withLock { $0 = town }
        try await chapter("二、四个街道同时导入", "2. Four streets import at the same time") { try await importEverything(town) }
        try await chapter("三、改正后重新导入", "3. Bad rows are mended and imported again") { try await mend(town) }
        try await chapter("四、市级发布名单", "4. The city publishes a list") { try await publishList(town) }
        try await chapter("五、扫描件与自然人", "5. A scan, and a person on the list") {
            try await attachScan(town)
            try await listPerson(town)
        }
        try await chapter("六、积玉桥断线", "6. The line of jiyuqiao is cut") { try await cutLine(town) }
        let disputes = try await chapter("七、断线期间的更正与异议", "7. Corrected and disputed meanwhile") { try await dispute(town) }
        try await chapter("八、线路恢复", "8. The line returns") {
            try await restoreLine(town)
            try await settle(disputes, town)
        }
        let verdict = try await chapter("九、核对", "9. Verdict") { try await DemoVerdict.reach(town, rows: rows, disputes) }
        verdict.show(on: screen)
        showTimes()
        return verdict
    }

    /// Reports of the street with the old files.
    var refusedReports: [ImportReport] { kept.withLock { $0 } }
    func keep(_ report: ImportReport) { kept.withLock { $0.append(report) } }

    /// Rows that must be refused at first.
    var refusals: Int { Self.spoilt.keys.filter { $0 < rows }.count }
    /// Rows of all streets, once the bad ones are mended.
    var allRows: Int { DemoPart.streets.count * rows }

    private func chapter<Value: Sendable>(_ zh: String, _ en: String, _ act: () async throws -> Value) async throws -> Value {
        screen.chapter(zh, en)
        let start = ContinuousClock.now
        let value = try await act()
        times.withLock { $0.append((zh, en, ContinuousClock.now - start)) }
        return value
    }

    private func showTimes() {
        let times = times.withLock { $0 }
        var table = TextTable(columns: ["用时 times", "", "s"], numeric: [2], indent: "  ")
        for time in times { table.rows.append([TextTable.Cell(time.zh), TextTable.Cell(time.en), TextTable.Cell(time.took.seconds)]) }
        table.rows.append(["合计", "total", TextTable.Cell(times.reduce(.zero) { $0 + $1.took }.seconds)])
        screen.line("")
        screen.table(table)
    }

    /// What to try while the nodes go on running.
    func hints() -> [String] { built.withLock { $0 }.map { DemoHints.lines($0, directory: troupe.directory) } ?? [] }
}
