import GRDBSQLite

/// One connection's hold on a file: its locks, and the calls SQLite makes.
final class FileHandle {
    private let file: MemoryFile
    private var level = SQLITE_LOCK_NONE
    private var locks: (shared: UInt8, exclusive: UInt8) = (0, 0)
    private var isMapped = false

    init(_ file: MemoryFile) { self.file = file }

    private var me: ObjectIdentifier { ObjectIdentifier(self) }

    // MARK: - Bytes

    func read(_ bytes: UnsafeMutableRawPointer?, _ count: Int32, _ offset: Int64) -> Int32 {
        guard file.hasPower, let bytes = unsafe bytes else { return Failure.read }
        let wanted = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
        let found = unsafe file.read(into: wanted, at: Int(offset))
        if found == Int(count) { return SQLITE_OK }
        for index in found..<Int(count) { unsafe wanted[index] = 0 }
        return Failure.shortRead
    }

    func write(_ bytes: UnsafeRawPointer?, _ count: Int32, _ offset: Int64) -> Int32 {
        guard let bytes = unsafe bytes, unsafe file.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset)) else { return Failure.write }
        return SQLITE_OK
    }

    func truncate(_ size: Int64) -> Int32 { file.truncate(to: Int(size)) ? SQLITE_OK : Failure.truncate }

    func sync() -> Int32 { file.sync() ? SQLITE_OK : Failure.sync }

    func size(_ result: UnsafeMutablePointer<Int64>?) -> Int32 {
        guard file.hasPower else { return Failure.size }
        if let result = unsafe result { unsafe result.pointee = Int64(file.contents.count) }
        return SQLITE_OK
    }

    // MARK: - Locks

    func lock(_ wanted: Int32) -> Int32 {
        if wanted <= level { return SQLITE_OK }
        if wanted == SQLITE_LOCK_SHARED {
            if file.isExclusive { return SQLITE_BUSY }
            file.readers += 1
        } else {
            if file.reserved != nil, file.reserved != me { return SQLITE_BUSY }
            file.reserved = me
            if wanted == SQLITE_LOCK_EXCLUSIVE {
                if file.readers > 1 { return SQLITE_BUSY }
                file.isExclusive = true
            }
        }
        level = wanted
        return SQLITE_OK
    }

    func unlock(_ wanted: Int32) -> Int32 {
        if wanted >= level { return SQLITE_OK }
        if file.reserved == me { (file.reserved, file.isExclusive) = (nil, false) }
        if wanted == SQLITE_LOCK_NONE, level >= SQLITE_LOCK_SHARED { file.readers -= 1 }
        level = wanted
        return SQLITE_OK
    }

    func isReserved(_ result: UnsafeMutablePointer<Int32>?) -> Int32 {
        if let result = unsafe result { unsafe result.pointee = file.reserved == nil ? 0 : 1 }
        return SQLITE_OK
    }

    // MARK: - The index of the log

    func map(_ index: Int32, _ size: Int32, _ extend: Int32, _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int32 {
        if !isMapped {
            isMapped = true
            file.shared.attach()
        }
        let region = unsafe file.shared.region(Int(index), bytes: Int(size), extend: extend != 0)
        if let result = unsafe result { unsafe result.pointee = region }
        return SQLITE_OK
    }

    func lockShared(_ offset: Int32, _ count: Int32, _ flags: Int32) -> Int32 {
        file.shared.lock(Int(offset)..<Int(offset + count), flags, held: &locks) ? SQLITE_OK : SQLITE_BUSY
    }

    func unmap() -> Int32 {
        guard isMapped else { return SQLITE_OK }
        _ = file.shared.lock(0..<8, SQLITE_SHM_UNLOCK, held: &locks)
        isMapped = false
        file.shared.detach()
        return SQLITE_OK
    }
}

/// Extended codes of sqlite3.h.
private enum Failure {
    static let read = SQLITE_IOERR | (1 << 8)
    static let shortRead = SQLITE_IOERR | (2 << 8)
    static let write = SQLITE_IOERR | (3 << 8)
    static let sync = SQLITE_IOERR | (4 << 8)
    static let truncate = SQLITE_IOERR | (6 << 8)
    static let size = SQLITE_IOERR | (7 << 8)
}
