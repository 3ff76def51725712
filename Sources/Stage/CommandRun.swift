import Foundation
import Synchronization

/// What a finished command said.
package struct CommandResult: Sendable {
    package let exit: Int32
    package let output: [UInt8]
    package let errors: String
    /// The command line, for messages and for copying.
    package let line: String
}

/// A command of ours ended otherwise than expected, or said what cannot be read.
package struct CommandFailed: Error, Sendable, CustomStringConvertible {
    package let result: CommandResult
    package let reason: String

    package init(result: CommandResult, reason: String) { (self.result, self.reason) = (result, reason) }

    package var description: String {
        "命令失败 / the command failed (\(reason), exit \(result.exit)):\n  \(result.line)\n\(result.errors)\(String(decoding: result.output.suffix(2000), as: UTF8.self))"
    }
}

extension Troupe {
    /// Runs a command to its end; output and errors are read while it runs.
    ///
    /// - Throws: when it cannot be started; `CancellationError` when the task is cancelled (the command is ended).
    package func run(_ executable: String, _ arguments: [String]) async throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        let tag = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let outputPath = directory + "/out-\(tag)", errorPath = directory + "/err-\(tag)"
        let output = try Troupe.file(outputPath), errors = try Troupe.file(errorPath)
        defer {
            try? FileManager.default.removeItem(atPath: outputPath)
            try? FileManager.default.removeItem(atPath: errorPath)
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        let ended = Ending(process)
        try process.start()
        guardProcess(process)
        await withTaskCancellationHandler { await ended.wait() } onCancel: { process.terminate() }
        try? output.close()
        try? errors.close()
        try Task.checkCancellation()
        return CommandResult(
            exit: process.terminationStatus, output: Array(FileManager.default.contents(atPath: outputPath) ?? Data()),
            errors: String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self),
            line: Troupe.line(executable, arguments))
    }

    static func file(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
              let handle = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileWriteUnknown) }
        return handle
    }

    /// As a shell would take it.
    package static func line(_ executable: String, _ arguments: [String]) -> String {
        ([executable] + arguments).map { word in
            let plain = word.unicodeScalars.allSatisfy { $0.value > 127 || ($0.properties.isAlphabetic || "0123456789-_./:=@%+,".unicodeScalars.contains($0)) }
            return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
}

/// The end of a process as something to await.
final class Ending: Sendable {
    private enum State {
        case running([CheckedContinuation<Void, Never>])
        case ended
    }
    private let state = Mutex(State.running([]))

    init(_ process: Process) {
        process.terminationHandler = { [self] _ in
            let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                defer { state = .ended }
                if case .running(let list) = state { return list }
                return []
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let over = state.withLock { state in
                guard case .running(let list) = state else { return true }
                state = .running(list + [continuation])
                return false
            }
            if over { continuation.resume() }
        }
    }
}
