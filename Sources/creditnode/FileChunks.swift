import Foundation
import NIOCore
import NodeRuntime

/// A file in chunks of 256 KiB, read as they are asked for.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    let path: String
    /// Size when it was opened.
    let bytes: Int

    /// - Throws: `ControlFault` when it is no readable file.
    init(path: String) throws {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ControlFault("no-file", zh: "找不到文件：\(path)", en: "No such file: \(path)", hint: "检查路径 / check the path", exit: .notFound)
        }
        guard !isDirectory.boolValue, FileManager.default.isReadableFile(atPath: path) else {
            throw ControlFault("unreadable-file", zh: "无法读取：\(path)", en: "Not a readable file: \(path)", hint: "检查权限 / check its permissions", exit: .system)
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        self.path = path
        bytes = (attributes?[.size] as? Int) ?? 0
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let path: String
        var handle: FileHandle?

        mutating func next() async throws -> ByteBuffer? {
            do {
                let open = try handle ?? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                handle = open
                guard let data = try open.read(upToCount: 256 * 1024), !data.isEmpty else { return nil }
                return ByteBuffer(bytes: data)
            } catch {
                throw ControlFault(
                    "read-failed", zh: "读取文件失败：\(path)", en: "Reading failed: \(path)", hint: error.localizedDescription, exit: .system)
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path, handle: nil) }
}
