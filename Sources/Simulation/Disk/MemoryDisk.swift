import Synchronization

/// The disk of one simulated machine: files in memory that remember which writes were not synced, so that a power cut
/// loses them, or some of them, as a real one would. Opened by SQLite through ``MemoryVFS``.
///
/// Used by one thread at a time; only the table of disks is shared.
package final class MemoryDisk: @unchecked Sendable {  // see above
    /// What of the writes since the last sync a power cut leaves on the disk.
    package enum Loss: Sendable, Hashable {
        case everything
        case nothing
        /// Each by chance, the last of them half: what a drive does with its cache.
        case part(seed: UInt64)
    }

    private static let disks = Mutex<(last: UInt64, byName: [String: WeakDisk])>((0, [:]))

    /// Of this process alone.
    let name: String
    private(set) var files: [String: MemoryFile] = [:]
    /// Operations left before the power goes; nil = it stays.
    private var remaining: Int?
    /// Every operation fails from here on, until ``restart(losing:)``.
    package private(set) var isDead = false
    /// Writes, syncs, truncations and deletions so far.
    package private(set) var operations = 0
    package private(set) var syncs = 0

    package init() {
        MemoryVFS.register()
        name = Self.disks.withLock { disks in
            disks.last += 1
            return "disk\(disks.last)"
        }
        Self.disks.withLock { $0.byName[name] = WeakDisk(self) }
    }

    deinit { Self.disks.withLock { _ = $0.byName.removeValue(forKey: name) } }

    static func named(_ name: Substring) -> MemoryDisk? { disks.withLock { $0.byName[String(name)]?.disk } }

    /// Where SQLite finds a file of this disk.
    package func location(of file: String) -> String { "file:/\(name)/\(file)?vfs=\(MemoryVFS.name)" }

    // MARK: - Power

    /// The power goes at the operation after `count` further ones: that one and all later ones fail.
    package func loosePower(after count: Int) { remaining = count }

    /// The power goes now.
    package func loosePower() { isDead = true }

    /// The power stays after all.
    package func keepPower() { remaining = nil }

    /// Starts the machine again. What had the files open keeps dead ones.
    package func restart(losing loss: Loss) {
        files = files.mapValues { $0.afterPowerCut(loss) }
        (isDead, remaining) = (false, nil)
    }

    /// One operation that changes something. - Returns: false when there is no power.
    func operate() -> Bool {
        if isDead { return false }
        operations += 1
        guard let left = remaining else { return true }
        guard left > 0 else {
            isDead = true
            return false
        }
        remaining = left - 1
        return true
    }

    func noteSync() { syncs += 1 }

    // MARK: - Files

    func file(_ name: String, create: Bool) -> MemoryFile? {
        if let file = files[name] { return file }
        guard create else { return nil }
        let file = MemoryFile(on: self)
        files[name] = file
        return file
    }

    func delete(_ name: String) { files[name] = nil }

    /// All files as they stand: an image of the whole disk, as a backup of the machine keeps it.
    package func image() -> [String: [UInt8]] { files.mapValues(\.contents) }

    /// Puts an image in place of everything. What had the files open keeps dead ones.
    package func restore(_ image: [String: [UInt8]]) {
        for file in files.values { file.die() }
        files = image.mapValues { MemoryFile(on: self, contents: $0) }
        (isDead, remaining) = (false, nil)
    }
}

private struct WeakDisk: Sendable {
    weak let disk: MemoryDisk?
    init(_ disk: MemoryDisk) { self.disk = disk }
}

/// One file, and what to undo of it should the power go.
final class MemoryFile {
    private struct Write {
        let offset: Int
        /// What stood there, and how long the file was.
        let before: [UInt8]
        let size: Int
    }

    private weak let disk: MemoryDisk?
    private(set) var contents: [UInt8] = []
    private var unsynced: [Write] = []
    private var isDead = false
    let shared = SharedMemory()
    /// SQLite's locks on the file: connections that read, the one that means to write, and whether it keeps others out.
    var readers = 0
    var reserved: ObjectIdentifier?
    var isExclusive = false

    init(on disk: MemoryDisk?, contents: [UInt8] = []) {
        self.disk = disk
        self.contents = contents
    }

    /// Whether reads are answered.
    var hasPower: Bool { !isDead && !(disk?.isDead ?? false) }

    func die() { isDead = true }

    private func operate() -> Bool { !isDead && (disk?.operate() ?? true) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        // A write that the power cut interrupts may still reach the disk: it is noted, and the cut decides.
        guard hasPower else { return false }
        let survives = operate()
        let end = offset + bytes.count, size = contents.count
        let kept = offset < size ? Array(contents[offset..<min(end, size)]) : []
        if disk != nil { unsynced.append(Write(offset: offset, before: kept, size: size)) }
        if end > size { contents.append(contentsOf: repeatElement(0, count: end - size)) }
        unsafe contents.withUnsafeMutableBytes { unsafe UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyMemory(from: bytes) }
        return survives
    }

    /// - Returns: bytes read.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let count = max(0, min(bytes.count, contents.count - offset))
        if count > 0 { unsafe contents.withUnsafeBytes { unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) } }
        return count
    }

    func truncate(to size: Int) -> Bool {
        guard operate() else { return false }
        if size < contents.count {
            unsynced.append(Write(offset: size, before: Array(contents[size...]), size: contents.count))
            contents.removeLast(contents.count - size)
        }
        return true
    }

    func sync() -> Bool {
        guard operate() else { return false }
        unsynced = []
        disk?.noteSync()
        // The power may go between the sync and its answer: durable, and nobody knows.
        return operate()
    }

    /// The file as it is found after a power cut; this one is dead from here on.
    func afterPowerCut(_ loss: MemoryDisk.Loss) -> MemoryFile {
        isDead = true
        var found = contents
        var later: [(offset: Int, bytes: [UInt8], size: Int)] = []
        for write in unsynced.reversed() {
            let end = min(found.count, max(write.offset + write.before.count, write.size < found.count ? found.count : 0))
            later.append((write.offset, write.offset < end ? Array(found[write.offset..<end]) : [], found.count))
            if write.size < found.count { found.removeLast(found.count - write.size) }
            if write.size > found.count { found.append(contentsOf: repeatElement(0, count: write.size - found.count)) }
            found.replaceSubrange(write.offset..<write.offset + write.before.count, with: write.before)
        }
        later.reverse()
        switch loss {
        case .everything: break
        case .nothing: found = contents
        case .part(let seed):
            for (index, write) in later.enumerated() {
                var chance = SplitMix64(seed: seed &+ UInt64(index))
                let isLast = index == later.count - 1
                guard isLast || chance.next() & 1 == 0 else { continue }
                let bytes = isLast ? Array(write.bytes.prefix(write.bytes.count / 2)) : write.bytes
                let end = write.offset + bytes.count
                if end > found.count { found.append(contentsOf: repeatElement(0, count: end - found.count)) }
                found.replaceSubrange(write.offset..<end, with: bytes)
            }
        }
        return MemoryFile(on: disk, contents: found)
    }
}
