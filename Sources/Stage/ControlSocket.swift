import API
import Foundation
import NIOCore
import NIOPosix
import NodeRuntime
import Transport

/// A connection to a serving node's Unix socket, kept open: for questions too frequent to start a command for.
package final class ControlSocket: Sendable {
    private let connection: HTTPConnection

    package init(path: String) async throws {
        var limits = HTTPLimits()
        limits.maxResponseBytes = 64 << 20
        connection = try await HTTPConnection.connect(to: .unix(path: path), tls: nil, group: MultiThreadedEventLoopGroup.singleton, limits: limits)
    }

    /// - Throws: `ControlFault` when the node refuses, `TransportError` when it does not answer within a minute.
    package func execute<Command: ControlCommand>(_ command: Command) async throws -> Command.Response {
        let answer = try await connection.request(
            method: "POST", path: ControlWire.path(of: Command.self), headers: [("content-type", "application/json")],
            body: try ControlWire.encode(command), timeout: .seconds(60))
        guard answer.status == 200 else { throw try ControlWire.decode(ControlFault.self, from: answer.body.readableBytesView) }
        return try ControlWire.decode(Command.Response.self, from: answer.body.readableBytesView)
    }

    /// Imports a small file that is in memory.
    package func importFile(_ options: ImportOptions, _ file: [UInt8]) async throws -> ImportReport {
        let answer = try await connection.request(
            method: "POST", path: ControlWire.importPath,
            headers: [(ControlWire.optionsHeader, try ControlWire.encodeOptions(options)), ("content-type", "application/octet-stream")], body: file,
            timeout: .seconds(60))
        guard answer.status == 200 else { throw try ControlWire.decode(ControlFault.self, from: answer.body.readableBytesView) }
        for line in answer.body.readableBytesView.split(separator: UInt8(ascii: "\n")) {
            switch try ControlWire.decode(ImportEvent.self, from: line) {
            case .progress, .headings, .refused: continue
            case .finished(let report): return report
            case .failed(let fault): throw fault
            }
        }
        throw ControlFault("import-cut", zh: "导入应答中断", en: "the answer to the import broke off", hint: "", exit: .failure)
    }

    package func close() async { await connection.close() }
}
