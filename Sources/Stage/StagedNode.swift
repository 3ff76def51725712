import API
import Foundation
import NodeRuntime
import Synchronization

/// A node put up for a demonstration or a measurement: a home, its process, and the real command line.
package final class StagedNode: Sendable {
    /// What `serve --json` prints when it is ready.
    package struct Addresses: Codable, Sendable, Hashable {
        package var listen: String?
        package var statusPage: String?
        package var socket: String
    }

    private struct Serving {
        var process: Process?
        var addresses: Addresses?
        var socket: ControlSocket?
    }

    package let path: String
    package let home: String
    package let executable: String
    private let troupe: Troupe
    private let serving = Mutex(Serving())

    package init(path: String, executable: String, troupe: Troupe) {
        self.path = path
        self.executable = executable
        self.troupe = troupe
        home = troupe.directory + "/" + path.replacing("/", with: ".")
    }

    /// The last segment of the path.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    package var addresses: Addresses? { serving.withLock { $0.addresses } }
    package var processNumber: Int32? { serving.withLock { $0.process?.processIdentifier } }
    package var logFile: String { home + ".log" }
    /// The database and its write-ahead log, bytes.
    package var diskBytes: Int { FileManager.default.size(home + "/node.db") + FileManager.default.size(home + "/node.db-wal") }

    // MARK: - The command line

    /// Runs `creditnode WORDS --home … --json`.
    package func run(_ words: [String]) async throws -> CommandResult {
        try await troupe.run(executable, words + ["--home", home, "--json"])
    }

    /// As above, and reads the JSON.
    ///
    /// - Parameter exits: codes that are as expected.
    /// - Throws: ``CommandFailed``.
    package func run<Value: Decodable>(_ words: [String], exits: Set<Int32> = [0], as type: Value.Type) async throws -> Value {
        let result = try await run(words)
        guard exits.contains(result.exit) else { throw CommandFailed(result: result, reason: "exit code") }
        do { return try ControlWire.decode(Value.self, from: result.output) } catch {
            throw CommandFailed(result: result, reason: "\(error)")
        }
    }

    /// As above, for commands whose answer does not matter.
    package func perform(_ words: [String], exits: Set<Int32> = [0]) async throws {
        let result = try await run(words)
        guard exits.contains(result.exit) else { throw CommandFailed(result: result, reason: "exit code") }
    }

    /// Imports a file of `item`; 65 (some rows refused) is an answer, not a failure.
    package func importFile(_ file: String, item: String, actor: ActorOptions) async throws -> ImportReport {
        var words = ["import", file, "--item", item, "--unit", actor.unit, "--operator", actor.operator]
        if let reviewer = actor.reviewer { words += ["--reviewer", reviewer] }
        return try await run(words, exits: [0, 65], as: ImportReport.self)
    }

    // MARK: - Serving

    /// Starts `serve` on free ports of loopback and waits until it says where it listens.
    ///
    /// - Parameters:
    ///   - reconnectSeconds: longest wait before it dials its parent again; the default of a node is 30.
    ///   - parent: `host:port` of the parent when it is not what the invitation said.
    ///   - pause: between two looks whether it is ready.
    package func serve(
        reconnectSeconds: Int = 1, parent: String? = nil, logLevel: String = "warning", pause: Duration = .milliseconds(20)
    ) async throws {
        let config = home + ".yaml", output = home + ".ready"
        let settings = ["reconnect_seconds: \(reconnectSeconds)"] + (parent.map { ["parent: \"\($0)\""] } ?? [])
        try Data((settings.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: config))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = [
            "serve", "--home", home, "--json", "--config", config, "--listen", "127.0.0.1:0", "--status-page", "127.0.0.1:0", "--log-level", logLevel,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Troupe.file(output)
        process.standardError = try Troupe.file(logFile)
        try process.start()
        troupe.guardProcess(process)
        serving.withLock { $0 = Serving(process: process) }
        let found = try await wait(for: "\(path) 开始服务 / \(path) serves", within: .seconds(60), pause: pause) {
            let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.hasPrefix("{") && $0.hasSuffix("}") }
            guard process.isRunning || line != nil else { throw NodeEnded(path: path, log: log) }
            return (try line.map { try ControlWire.decode(Addresses.self, from: $0.utf8) }, "no line; log: " + log)
        } until: { $0 != nil }
        guard let found else { return }
        let socket = try await ControlSocket(path: found.socket)
        serving.withLock { ($0.addresses, $0.socket) = (found, socket) }
    }

    /// Asks the process to end in good order and waits until it has. Does nothing when none serves.
    ///
    /// - Throws: `WaitTimedOut` when it has not ended after `length`.
    package func stop(within length: Duration = .seconds(30)) async throws {
        let (process, socket) = serving.withLock { serving in
            defer { serving = Serving() }
            return (serving.process, serving.socket)
        }
        guard let process else { return }
        await socket?.close()
        process.terminate()
        _ = try await wait(for: "\(path) 停止 / \(path) stops", within: length, pause: .milliseconds(5)) { (process.isRunning, "still running") } until: { !$0 }
    }

    /// What /proc says of the serving process.
    ///
    /// - Throws: ``NodeEnded`` unless it serves.
    package func figures() throws -> ProcessFigures {
        guard let number = processNumber, let figures = ProcessFigures(pid: number) else { throw NodeEnded(path: path, log: log) }
        return figures
    }

    /// The port for children; 0 when it does not listen.
    package var listenPort: Int { (addresses?.listen ?? "").split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Asks the serving node over its Unix socket.
    package func ask<Command: ControlCommand>(_ command: Command) async throws -> Command.Response {
        try await socket().execute(command)
    }

    /// - Throws: ``NodeEnded`` unless it serves.
    package func socket() throws -> ControlSocket {
        let state = serving.withLock { ($0.socket, $0.process?.isRunning ?? false) }
        guard let socket = state.0, state.1 else { throw NodeEnded(path: path, log: log) }
        return socket
    }

    /// The last of what the process logged.
    package var log: String {
        String(decoding: (FileManager.default.contents(atPath: logFile) ?? Data()).suffix(3000), as: UTF8.self)
    }
}

/// The process of a node is not there any more.
package struct NodeEnded: Error, CustomStringConvertible {
    package let path: String
    package let log: String

    package init(path: String, log: String) {
        self.path = path
        self.log = log
    }

    package var description: String { "节点 \(path) 的进程已结束 / the process of \(path) has ended:\n\(log)" }
}
