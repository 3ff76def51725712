import Foundation
import GRDB
import Registry
import Replication
import Storage
import Testing

@Suite struct BlobTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "creditnode-blobs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private var file: String { directory.appending(path: "node.db").path }

    /// A content of three uneven chunks, whole, and what it holds.
    private func filled(_ store: ReplicaStore, salt: UInt8 = 1) throws -> (id: Int64, bytes: [UInt8]) {
        let id = try store.write { try $0.stageBlob(salt: Array(repeating: salt, count: 16), suite: .ed25519SHA256, at: 5) }
        var all: [UInt8] = []
        for (index, size) in [100_000, 262_144, 7].enumerated() {
            let chunk = Array("geheim".utf8) + Array(repeating: UInt8(index + 65), count: size - 6 < 0 ? 1 : size - 6)
            all += chunk
            try store.write { tx in try tx.append(chunk, to: try #require(try tx.blob(id)), at: 6) }
        }
        try store.write { try $0.nameStaged(id, digest: Digest(a: UInt64(salt), b: 0, c: 0, d: 0), mediaType: "image/png") }
        return (id, all)
    }

    @Test("Any range is read back across chunks, and nothing beyond the end")
    func ranges() throws {
        let store = try ReplicaStore(path: file)
        let (id, bytes) = try filled(store)
        let held = try #require(try store.read { try $0.blob(id) })
        #expect(held.size == UInt64(bytes.count) && held.held == held.size && held.isStaged && !held.isComplete)
        for (from, length) in [(0, bytes.count), (0, 1), (99_999, 2), (100_000, 262_144), (99_990, 262_200), (bytes.count - 3, 100), (bytes.count, 10), (bytes.count + 5, 1)] {
            let expected = from < bytes.count ? Array(bytes[from..<min(from + length, bytes.count)]) : []
            #expect(try store.read { try $0.content(of: id, from: UInt64(from), length: length) } == expected, "\(from) + \(length)")
        }
        var end: UInt64 = 0
        try store.read { try $0.eachChunk(of: id) { offset, content in
            #expect(offset == end)
            end += UInt64(content.count)
        } }
        #expect(end == held.size)
    }

    @Test("Staged files are wanted by nobody and forgotten after their time; complete ones stay")
    func staging() throws {
        let store = try ReplicaStore(path: file)
        let (kept, _) = try filled(store, salt: 1)
        let (dropped, _) = try filled(store, salt: 2)
        #expect(try store.read { try $0.wantedBlobs(after: 0, limit: 10) }.isEmpty)
        #expect(try store.read { try $0.blobs(digest: Digest(a: 1, b: 0, c: 0, d: 0)) }.isEmpty, "nothing names a staged file")
        try store.write { try $0.complete(kept) }
        try store.write { try $0.dropStaged(before: 5) }
        #expect(try store.read { try $0.blob(dropped) } != nil)
        try store.write { try $0.dropStaged(before: .max) }
        #expect(try store.read { try $0.blob(dropped) } == nil)
        #expect(try store.read { try $0.blob(kept) }?.isComplete == true)
        #expect(try store.read { try $0.blobTotals() } == BlobTotals(held: 1, wanted: 0, bytes: UInt64(try #require(try store.read { try $0.blob(kept) }).size), missingBytes: 0))
    }

    @Test("What is incomplete cannot be made complete; what was thrown away is wanted again")
    func completeness() throws {
        let store = try ReplicaStore(path: file)
        let id = try store.write { try $0.stageBlob(salt: Array(repeating: 1, count: 16), suite: .sm2SM3, at: 5) }
        try store.write { try $0.complete(id) }
        #expect(try store.read { try $0.blob(id) }?.isComplete == false)
        let (whole, _) = try filled(store, salt: 3)
        try store.write { try $0.complete(whole) }
        try store.write { try $0.emptyBlob(whole, trouble: "wrong") }
        let again = try #require(try store.read { try $0.wantedBlobs(after: 0, limit: 10) }.first)
        #expect(again.id == whole && again.held == 0 && again.trouble == "wrong")
        #expect(try store.read { try $0.troubledBlobs(limit: 5) }.map(\.id) == [whole])
        #expect(try store.read { try $0.content(of: whole, from: 0, length: 10) }.isEmpty)
    }

    @Test("Erased content is overwritten: the file of the database does not hold it any more")
    func erasure() throws {
        let store = try ReplicaStore(path: file)
        let (id, _) = try filled(store)
        try store.write { try $0.complete(id) }
        try store.close()
        let marker = Data("geheim".utf8)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: marker) != nil)
        let again = try ReplicaStore(path: file)
        try again.write { try $0.dropBlob(id) }
        try again.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).range(of: marker) == nil)
        let reopened = try ReplicaStore(path: file)
        #expect(try reopened.read { try $0.blob(id) } == nil)
    }
}
