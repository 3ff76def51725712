import Foundation
import Glibc
import NIOCore
import NodeRuntime

/// A file that appears whole or not at all: written beside its place, synced, renamed.
final class AtomicFile {
    private let path: String
    private let temporary: String
    private let replacing: Bool
    private let handle: FileHandle
    private var bytes: UInt64 = 0
    private var isDone = false

    /// - Throws: `ControlFault` when the place is taken or cannot be written.
    init(path: String, replacing: Bool) throws {
        self.path = path
        self.replacing = replacing
        temporary = path + ".part-\(getpid())"
        guard replacing || !FileManager.default.fileExists(atPath: path) else {
            throw ControlFault("file-exists", zh: "文件已存在：\(path)", en: "The file exists: \(path)", hint: "--force", exit: .refused)
        }
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.fault(path) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit { if !isDone { unlink(temporary) } }

    func write(_ buffer: ByteBuffer) throws {
        do { try handle.write(contentsOf: Data(buffer.readableBytesView)) } catch { throw Self.fault(path) }
        bytes += UInt64(buffer.readableBytes)
    }

    /// - Parameter size: what was promised; anything else leaves no file.
    func commit(size: UInt64) throws {
        guard bytes == size else {
            throw ControlFault("fetch-cut", zh: "内容中断（\(bytes)/\(size) 字节）", en: "The content broke off (\(bytes) of \(size) bytes)", hint: "重试 / try again", exit: .failure)
        }
        guard fsync(handle.fileDescriptor) == 0 else { throw Self.fault(path) }
        // A link refuses a file that came to stand there meanwhile; a rename replaces it.
        let moved = replacing ? rename(temporary, path) : link(temporary, path)
        guard moved == 0 else { throw Self.fault(path) }
        if !replacing { unlink(temporary) }
        isDone = true
    }

    private static func fault(_ path: String) -> ControlFault {
        ControlFault("write-failed", zh: "无法写入 \(path)", en: "Cannot write \(path): \(String(cString: strerror(errno)))", hint: "检查目录、空间和权限 / check directory, space and permissions", exit: .system)
    }
}
