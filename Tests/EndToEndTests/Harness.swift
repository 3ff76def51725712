import Foundation
import NodeRuntime
import Registry
import Synchronization
import Testing

/// Real processes of the built binary, with real sockets, certificates and databases.
final class Federation: Sendable {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let unit = "11000000TEXT00017D"

    let directory: URL
    private let running = Mutex<[String: Served]>([:])

    final class Served: Sendable {
        let process: Process
        let addresses: ServeAddresses
        init(process: Process, addresses: ServeAddresses) { (self.process, self.addresses) = (process, addresses) }
    }

    init() throws {
        // Short, so that Unix sockets fit.
        directory = URL(fileURLWithPath: "/tmp/cn-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit {
        for served in running.withLock({ $0.values.map(\.process) }) where served.isRunning { kill(served.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: directory)
    }

    /// The binary beside the test bundle.
    static var binary: URL { URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "creditnode") }

    func home(_ path: String) -> String { directory.appending(path: path.split(separator: "/").last.map(String.init) ?? path).path }

    struct Run {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs one command to its end.
    @discardableResult
    func run(_ arguments: [String], at path: String, environment: [String: String] = [:]) throws -> Run {
        let process = Process(), output = Pipe(), errors = Pipe()
        process.executableURL = Self.binary
        process.arguments = arguments + ["--home", home(path)]
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        try process.run()
        let collected = Mutex(Data())
        let reader = Thread { collected.withLock { $0 = errors.fileHandleForReading.readDataToEndOfFile() } }
        reader.start()
        let out = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        while !reader.isFinished { sched_yield() }
        return Run(
            status: process.terminationStatus, output: String(decoding: out, as: UTF8.self), errors: String(decoding: collected.withLock { $0 }, as: UTF8.self))
    }

    /// Runs a command that must succeed and decodes its JSON.
    func ask<T: Decodable>(_ type: T.Type, _ arguments: [String], at path: String, exit expected: Int32 = 0) throws -> T {
        let run = try run(arguments + ["--json"], at: path)
        guard run.status == expected else { throw Failed("\(arguments) at \(path): exit \(run.status)\n\(run.output)\n\(run.errors)") }
        return try JSONDecoder().decode(type, from: Data(run.output.utf8))
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    // MARK: - Life of a node

    @discardableResult
    func initialise(suite: String? = nil) throws -> InitReport {
        try ask(InitReport.self, ["init", "--path", Self.city] + (suite.map { ["--suite", $0] } ?? []), at: Self.city)
    }

    /// Starts `serve` and waits until it says what it listens on.
    @discardableResult
    func serve(_ path: String, listen: String? = "127.0.0.1:0", extra: [String] = []) throws -> ServeAddresses {
        let process = Process(), output = Pipe()
        process.executableURL = Self.binary
        process.arguments = ["serve", "--home", home(path), "--json"] + (listen.map { ["--listen", $0] } ?? []) + extra
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        let log = directory.appending(path: "\(path.replacing("/", with: "-")).log")
        if !FileManager.default.fileExists(atPath: log.path) { _ = FileManager.default.createFile(atPath: log.path, contents: nil) }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        process.standardError = handle
        try process.run()
        var line = Data()
        while true {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Failed("\(path) did not start: \((try? String(contentsOf: log, encoding: .utf8)) ?? "")") }
            line += more
            if line.contains(UInt8(ascii: "\n")) { break }
        }
        let addresses = try JSONDecoder().decode(ServeAddresses.self, from: line)
        running.withLock { $0[path] = Served(process: process, addresses: addresses) }
        return addresses
    }

    /// kill -9, and waits for the corpse.
    func kill9(_ path: String) {
        guard let served = running.withLock({ $0.removeValue(forKey: path) }) else { return }
        kill(served.process.processIdentifier, SIGKILL)
        served.process.waitUntilExit()
    }

    /// SIGTERM. - Returns: the exit status.
    func stop(_ path: String) -> Int32 {
        guard let served = running.withLock({ $0.removeValue(forKey: path) }) else { return -1 }
        served.process.terminate()
        served.process.waitUntilExit()
        return served.process.terminationStatus
    }

    /// The port that children dial.
    func port(_ path: String) throws -> Int {
        guard let text = addresses(path)?.listen?.split(separator: ":").last, let port = Int(text) else { throw Failed("\(path) does not listen") }
        return port
    }

    func addresses(_ path: String) -> ServeAddresses? { running.withLock { $0[path]?.addresses } }

    /// Invites, joins and serves. The parent must serve. `address` overrides where the child dials (a relay).
    func enrol(_ path: String, address: String? = nil, listen: Bool = true, suite: String? = nil) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let invited = try ask(InviteCommand.Response.self, ["invite", path] + (address.map { ["--address", $0] } ?? []), at: parent)
        _ = try ask(InitReport.self, ["join", invited.token] + (suite.map { ["--suite", $0] } ?? []), at: path)
        try serve(path, listen: listen ? "127.0.0.1:0" : nil)
    }

    /// City, district and the given streets, all serving.
    static func standing(streets: [String] = [a]) throws -> Federation {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(city)
        try federation.enrol(district)
        for street in streets { try federation.enrol(street, listen: false) }
        for street in streets { try federation.until("\(street) holds the catalogue") { try federation.status(street).catalogue != nil } }
        return federation
    }

    // MARK: - Looking

    func status(_ path: String) throws -> StatusReport { try ask(StatusReport.self, ["status"], at: path) }
    func digest(_ home: String, at path: String) throws -> DigestCommand.Response { try ask(DigestCommand.Response.self, ["digest", home], at: path) }

    /// Asks until it is true; each question is a process of its own, so the loop does not spin.
    func until(_ what: String, seconds: Double = 60, _ condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline { if try condition() { return } }
        throw Failed("timed out: \(what)")
    }

    /// - Parameter bulk: random bytes a row, which no compression makes small.
    func importPermits(_ rows: Range<Int>, at path: String, bulk: Int = 0) throws -> ImportReport {
        try ask(ImportReport.self, importArguments(try write(rows, at: path, bulk: bulk)), at: path)
    }

    func importArguments(_ file: String, reviewer: String? = "乙") -> [String] {
        ["import", file, "--item", "permit", "--unit", Self.unit, "--operator", "甲"] + (reviewer.map { ["--reviewer", $0] } ?? [])
    }

    /// A CSV of synthetic permits; rows are the same whenever they are asked for again.
    func write(_ rows: Range<Int>, at path: String, bulk: Int = 0) throws -> String {
        let item = try #require(Catalogue.standard.item(code: "permit"))
        var text = item.fields.map(\.code).joined(separator: ",") + "\n"
        for n in rows { text += Self.cells(n, path, bulk: bulk).joined(separator: ",") + "\n" }
        let file = directory.appending(path: "rows-\(rows.lowerBound)-\(rows.upperBound)-\(path.replacing("/", with: "-")).csv")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    static func cells(_ n: Int, _ street: String, bulk: Int = 0) -> [String] {
        var random = SplitMix64(state: UInt64(n))
        let filler = random.bytes(bulk).map { String($0, radix: 16) }.joined()
        return [
            "测试企业\(n)", "法人及非法人组织", "91000000TEXT000250", "", "", "", "", "", "测试人", "", "", "", "", "准予行政许可决定书", "（2025）\(street.split(separator: "/").last ?? "")许字第\(n)号",
            "普通", "食品经营许可证", "XK\(n)", "准予从事食品经营活动。\(filler)", "2025/03/01", "2025/03/01", "2028/02/29", "测试机关", unit, "1", "测试单位", unit, "",
        ]
    }
}
