import API
import Foundation
import NIOCore
import NIOPosix
import NodeRuntime
import Transport

/// A node to give commands to: the one that serves on the home's Unix socket, or else the replica itself,
/// opened in this process under the database lock.
struct ControlClient: Sendable {
    enum Route: Sendable {
        case socket(HTTPConnection)
        case here(NodeService)
    }
    let route: Route

    /// Opens the better route, runs `body`, closes.
    static func with<Result: Sendable>(home: String, _ body: (ControlClient) async throws -> Result) async throws -> Result {
        let client = ControlClient(route: try await open(home: home))
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// A node may start or stop between our two attempts, and another short command may hold the lock: try for
    /// about two seconds.
    private static func open(home: String) async throws -> Route {
        var attempt = 0
        while true {
            attempt += 1
            if let path = NodeHome.socket(home: home), let connection = try? await connect(path) { return .socket(connection) }
            do {
                return .here(try await NodeService.open(home: home))
            } catch let fault as ControlFault where fault.exit == .unavailable && attempt < 8 {
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    static func connect(_ path: String) async throws -> HTTPConnection {
        var limits = HTTPLimits()
        limits.maxResponseBytes = 512 << 20
        return try await HTTPConnection.connect(
            to: .unix(path: path), tls: nil, group: MultiThreadedEventLoopGroup.singleton, connectTimeout: .seconds(3), limits: limits)
    }

    private func close() async {
        switch route {
        case .socket(let connection): await connection.close()
        case .here(let service): await service.close()
        }
    }

    /// Runs one command. Verification and rebuilding may take long, so there is no time limit.
    func execute<C: ControlCommand>(_ command: C) async throws -> C.Response {
        switch route {
        case .here(let service): return try await service.execute(command)
        case .socket(let connection):
            let answer = try await connection.request(
                method: "POST", path: ControlWire.path(of: C.self), headers: [("content-type", "application/json")],
                body: try ControlWire.encode(command), timeout: nil)
            guard answer.status == 200 else { throw Self.fault(answer.status, answer.body) }
            return try ControlWire.decode(C.Response.self, from: answer.body.readableBytesView)
        }
    }

    /// Sends a file and returns the report; `progress` is told now and then.
    func importFile(_ options: ImportOptions, file: FileChunks, progress: @escaping @Sendable (ImportProgress) async -> Void) async throws -> ImportReport {
        switch route {
        case .here(let service): return try await service.importFile(options, body: file, progress: progress)
        case .socket(let connection):
            let stream = try await connection.openStream(
                method: "POST", path: ControlWire.importPath,
                headers: [(ControlWire.optionsHeader, try ControlWire.encodeOptions(options)), ("content-type", "application/octet-stream")])
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.send(file, over: stream) }
                do {
                    let report = try await Self.receive(from: stream, progress: progress)
                    group.cancelAll()
                    return report
                } catch let error as TransportError {
                    // The stream may have broken off because the file could not be read: then that is the reason.
                    try await group.waitForAll()
                    throw error
                }
            }
        }
    }

    /// Asks for an export and writes it to `path`, whole or not at all.
    func export(_ options: ExportOptions, to path: String, progress: @Sendable (ExportProgress) -> Void) async throws -> ExportReport {
        switch route {
        case .here(let service): return try await ExportFile.write(try await service.export(options), to: path, progress: progress)
        case .socket(let connection):
            let stream = try await connection.openStream(method: "POST", path: ControlWire.exportPath, headers: [("content-type", "application/json")])
            try await stream.write(ByteBuffer(bytes: try ControlWire.encode(options)))
            try await stream.finish()
            let head = try await stream.head()
            guard head.status == 200 else { throw Self.fault(head.status, try await stream.inbound.collect(upTo: 1 << 20)) }
            do {
                return try await ExportFile.write(stream.inbound, to: path, progress: progress)
            } catch let error as TransportError {
                throw ControlFault(
                    "export-cut", zh: "导出中断，未生成文件", en: "the export broke off; no file was made: \(error)", hint: "查看节点日志后重新导出 / see the node's log, then export again",
                    exit: .failure)
            }
        }
    }

    /// A node that refuses early resets the sending side: what it answered is what counts, so only reading the
    /// file can fail here.
    private static func send(_ file: FileChunks, over stream: DuplexStream) async throws {
        do {
            for try await chunk in file { try await stream.write(chunk) }
            try await stream.finish()
        } catch is TransportError {
            return
        } catch {
            stream.reset()
            throw error
        }
    }

    private static func receive(from stream: DuplexStream, progress: @Sendable (ImportProgress) async -> Void) async throws -> ImportReport {
        let head = try await stream.head()
        guard head.status == 200 else { throw fault(head.status, try await stream.inbound.collect(upTo: 1 << 20)) }
        var lines = LineSplitter()
        for try await chunk in stream.inbound {
            for line in lines.take(chunk.readableBytesView) {
                switch try ControlWire.decode(ImportEvent.self, from: line) {
                case .progress(let value): await progress(value)
                case .finished(let report): return report
                case .failed(let fault): throw fault
                }
            }
        }
        throw ControlFault(
            "import-cut", zh: "导入应答中断；已提交的行已生效", en: "The answer to the import broke off; rows already committed stand",
            hint: "再次导入同一文件是安全的：已有的行不会重复 / importing the same file again is safe: rows held already are not repeated", exit: .failure)
    }

    private static func fault(_ status: Int, _ body: ByteBuffer) -> ControlFault {
        if let fault = try? ControlWire.decode(ControlFault.self, from: body.readableBytesView) { return fault }
        return ControlFault(
            "bad-answer", zh: "节点的应答无法理解（HTTP \(status)）", en: "The node's answer makes no sense (HTTP \(status))",
            hint: "命令与节点的版本是否一致？/ are command and node of the same version?", exit: .failure)
    }
}

/// Cuts bytes into lines without their line feeds.
struct LineSplitter {
    private var rest: [UInt8] = []

    mutating func take(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == 10 {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            } else {
                rest.append(byte)
            }
        }
        return lines
    }
}
