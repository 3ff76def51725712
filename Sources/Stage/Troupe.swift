import Foundation
import Synchronization

/// The processes this one started, in a temporary directory of their own, and the promise that none outlives it.
///
/// Two guards: ``end()`` stops them in good order; and a watcher, a shell that reads from a pipe held by
/// this process alone, ends them and removes the directory when the pipe breaks — however this process died,
/// `kill -9` too. (A parent-death signal would have to be set inside the child, and on Linux comes when the
/// *thread* that forked ends, which threads of a pool do.) The watcher kills only processes whose command line
/// names the directory, so a reused process number harms nobody.
package final class Troupe: Sendable {
    package let directory: String
    private let keep: Bool
    private let members = Mutex<[Process]>([])
    private let watcher: Process
    private let pipe: Pipe

    /// - Parameters:
    ///   - place: where a temporary directory is made.
    ///   - keepDirectory: a directory to use and leave behind; nil makes a temporary one.
    /// - Throws: when the directory or the watcher cannot be made.
    package init(name: String, in place: String = "/tmp", keepDirectory: String? = nil) throws {
        keep = keepDirectory != nil
        let path = keepDirectory ?? "\(place)/\(name)-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        directory = URL(fileURLWithPath: path).standardizedFileURL.path
        pipe = Pipe()
        watcher = Process()
        watcher.executableURL = URL(fileURLWithPath: "/bin/sh")
        watcher.arguments = ["-c", Troupe.script, "watcher", directory, keep ? "keep" : "remove"]
        watcher.standardInput = pipe
        watcher.standardOutput = FileHandle.nullDevice
        watcher.standardError = FileHandle.nullDevice
        try watcher.start()
        // Only this process may hold the writing end, or its breaking would never show.
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try? pipe.fileHandleForReading.close()
    }

    private static let script = """
        trap '' INT HUP TERM
        pids=''
        while read -r pid; do
          if [ "$pid" = done ]; then exit 0; fi
          pids="$pids $pid"
        done
        ours() { [ -d "/proc/$1" ] && tr '\\0' ' ' < "/proc/$1/cmdline" 2>/dev/null | grep -qF -- "$2"; }
        for signal in TERM KILL; do
          for pid in $pids; do ours "$pid" "$1" && kill -s "$signal" "$pid"; done
          tries=0
          while [ $tries -lt 30 ]; do
            alive=''
            for pid in $pids; do ours "$pid" "$1" && alive=1; done
            [ -z "$alive" ] && break
            tries=$((tries + 1)); sleep 0.1
          done
        done
        [ "$2" = remove ] && rm -rf -- "$1"
        """

    /// Takes a running process under guard. Its command line must name ``directory``.
    package func guardProcess(_ process: Process) {
        members.withLock { $0.append(process) }
        try? pipe.fileHandleForWriting.write(contentsOf: Array("\(process.processIdentifier)\n".utf8))
    }

    /// Asks every process to stop, kills those that do not within five seconds, removes the directory unless
    /// it is to be kept. May be called again.
    package func end() async {
        let processes = members.withLock { list in
            defer { list = [] }
            return list.filter(\.isRunning)
        }
        for process in processes { process.terminate() }
        let deadline = Deadline(.seconds(5))
        while processes.contains(where: \.isRunning), !deadline.passed { await Troupe.pause() }
        for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
        let last = Deadline(.seconds(2))
        while processes.contains(where: \.isRunning), !last.passed { await Troupe.pause() }
        if !keep { try? FileManager.default.removeItem(atPath: directory) }
        try? pipe.fileHandleForWriting.write(contentsOf: Array("done\n".utf8))
        try? pipe.fileHandleForWriting.close()
    }

    /// A pause that cancellation does not shorten: ending goes on in a cancelled task.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { continuation.resume() }
        }
    }
}
