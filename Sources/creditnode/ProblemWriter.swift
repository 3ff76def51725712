import Foundation
import Glibc
import Intake
import NodeRuntime
import Synchronization

/// Writes refused rows as they come into a file of problems next to the input, readable by its owner alone: it holds the
/// cells as they were, personal numbers too.
///
/// The file takes its name only when it is whole. Nothing is written while no row is refused.
final class ProblemWriter: Sendable {
    private struct State {
        var handle: FileHandle?
        var headings: [String] = []
        var rows = 0
        var failure: String?
    }

    private let state = Mutex(State())
    let path: String
    private var part: String { path + ".part" }

    /// - Parameters:
    ///   - input: the file that is imported.
    ///   - chosen: where to write; nil takes the first free of `NAME.problems.csv`, `NAME.problems-2.csv`, … next to it, so that
    ///     no file somebody is mending is lost.
    /// - Throws: `ControlFault` when that is the input itself.
    init(input: String, chosen: String?) throws {
        guard let chosen else { path = Self.free(input); return }
        let same = URL(fileURLWithPath: chosen).resolvingSymlinksInPath().path == URL(fileURLWithPath: input).resolvingSymlinksInPath().path
        if same {
            throw ControlFault("problems-path", zh: "问题文件不能与输入文件相同", en: "the file of problems must not be the input", hint: "--problems", exit: .usage)
        }
        path = chosen
    }

    static func free(_ input: String) -> String {
        let url = URL(fileURLWithPath: input)
        var stem = url.deletingPathExtension().lastPathComponent
        // A file that came back after mending: permits.problems.csv is followed by permits.problems-2.csv.
        if let range = stem.range(of: #"\.problems(-[0-9]+)?$"#, options: .regularExpression) { stem.removeSubrange(range) }
        let folder = url.deletingLastPathComponent()
        var number = 1
        while true {
            let path = folder.appendingPathComponent(number == 1 ? "\(stem).problems.csv" : "\(stem).problems-\(number).csv").path
            if !FileManager.default.fileExists(atPath: path) { return path }
            number += 1
        }
    }

    func headings(_ headings: [String]) { state.withLock { $0.headings = headings } }

    func add(_ rows: [ImportRow]) {
        state.withLock { state in
            guard state.failure == nil else { return }
            var bytes: [UInt8] = []
            if state.handle == nil {
                unlink(part)
                let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
                guard descriptor >= 0 else { state.failure = String(cString: strerror(errno)); return }
                state.handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
                bytes = ProblemFile.mark + ProblemFile.header(state.headings)
            }
            for row in rows {
                let problems = row.problems.map {
                    ProblemWords(column: $0.column, rule: $0.rule, zh: $0.zh, en: $0.en, remedyZh: $0.remedyZh, remedyEn: $0.remedyEn)
                }
                bytes += ProblemFile.row(row.row, headings: state.headings, cells: row.cells, problems: problems)
            }
            do {
                try state.handle?.write(contentsOf: bytes)
                state.rows += rows.count
            } catch {
                state.failure = error.localizedDescription
            }
        }
    }

    /// Gives the file its name. - Returns: its path when there is one.
    /// - Throws: `ControlFault` when it could not be written; what was imported stands.
    func finish() throws -> String? {
        try state.withLock { state in
            if state.failure == nil, state.handle == nil { return nil }
            do {
                try state.handle?.synchronize()
                try state.handle?.close()
            } catch {
                state.failure = state.failure ?? error.localizedDescription
            }
            if state.failure == nil, rename(part, path) != 0 { state.failure = String(cString: strerror(errno)) }
            state.handle = nil
            if let failure = state.failure {
                unlink(part)
                throw ControlFault(
                    "problems-file", zh: "问题文件无法写入：\(path)；已导入的行有效", en: "the file of problems cannot be written: \(path); rows that were imported stand",
                    hint: "\(failure)；--problems 指定别处 / name another place", exit: .system)
            }
            return path
        }
    }

    /// The import failed: half a file is of no use.
    func discard() {
        state.withLock { state in
            if state.handle == nil { return }
            try? state.handle?.close()
            state.handle = nil
            unlink(part)
        }
    }
}
