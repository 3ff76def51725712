import GRDBSQLite

/// SQLite's door to ``MemoryDisk``: a VFS of this process, beside the usual one, taken by those who name it.
enum MemoryVFS {
    static let name = "creditnode-memory"

    /// Once a process.
    static func register() { _ = registered }

    private static let registered: Bool = {
        let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        guard let usual = unsafe sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has a VFS") }
        // Dates, sleep and randomness as usual.
        unsafe vfs.initialize(to: usual.pointee)
        unsafe vfs.pointee.iVersion = 1
        unsafe vfs.pointee.szOsFile = Int32(MemoryLayout<OpenFile>.size)
        unsafe vfs.pointee.mxPathname = 512
        unsafe vfs.pointee.pNext = nil
        let spelled = Array(name.utf8CString), kept = UnsafeMutablePointer<CChar>.allocate(capacity: spelled.count)
        unsafe kept.initialize(from: spelled, count: spelled.count)
        unsafe vfs.pointee.zName = UnsafePointer(kept)
        unsafe vfs.pointee.xOpen = { _, name, file, flags, outFlags in unsafe open(name, file, flags, outFlags) }
        unsafe vfs.pointee.xDelete = { _, name, _ in unsafe delete(name) }
        unsafe vfs.pointee.xAccess = { _, name, _, result in unsafe access(name, result) }
        unsafe vfs.pointee.xFullPathname = { _, name, limit, result in unsafe fullPath(name, limit, result) }
        let code = unsafe sqlite3_vfs_register(vfs, 0)
        precondition(code == SQLITE_OK, "a VFS can be registered")
        return true
    }()

    /// What SQLite sees of an open file, and behind it ours.
    @safe private struct OpenFile {
        var base: sqlite3_file
        var handle: UnsafeMutableRawPointer?
    }

    // Written once, before anything reads it.
    private nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        unsafe methods.initialize(to: sqlite3_io_methods())
        unsafe methods.pointee.iVersion = 2
        unsafe methods.pointee.xClose = { unsafe MemoryVFS.close($0) }
        unsafe methods.pointee.xRead = { file, bytes, count, offset in unsafe MemoryVFS.handle(file).read(bytes, count, offset) }
        unsafe methods.pointee.xWrite = { file, bytes, count, offset in unsafe MemoryVFS.handle(file).write(bytes, count, offset) }
        unsafe methods.pointee.xTruncate = { file, size in unsafe MemoryVFS.handle(file).truncate(size) }
        unsafe methods.pointee.xSync = { file, _ in unsafe MemoryVFS.handle(file).sync() }
        unsafe methods.pointee.xFileSize = { file, size in unsafe MemoryVFS.handle(file).size(size) }
        unsafe methods.pointee.xLock = { file, level in unsafe MemoryVFS.handle(file).lock(level) }
        unsafe methods.pointee.xUnlock = { file, level in unsafe MemoryVFS.handle(file).unlock(level) }
        unsafe methods.pointee.xCheckReservedLock = { file, result in unsafe MemoryVFS.handle(file).isReserved(result) }
        unsafe methods.pointee.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        unsafe methods.pointee.xSectorSize = { _ in 4096 }
        // As the usual VFS says of every disk: a power cut spoils no byte beside those being written.
        unsafe methods.pointee.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        unsafe methods.pointee.xShmMap = { file, index, size, extend, result in unsafe MemoryVFS.handle(file).map(index, size, extend, result) }
        unsafe methods.pointee.xShmLock = { file, offset, count, flags in unsafe MemoryVFS.handle(file).lockShared(offset, count, flags) }
        unsafe methods.pointee.xShmBarrier = { _ in }
        unsafe methods.pointee.xShmUnmap = { file, _ in unsafe MemoryVFS.handle(file).unmap() }
        return unsafe UnsafePointer(methods)
    }()

    private static func handle(_ file: UnsafeMutablePointer<sqlite3_file>?) -> FileHandle {
        guard let file = unsafe file, let raw = unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self).pointee.handle else {
            preconditionFailure("SQLite calls with a file it opened")
        }
        return unsafe Unmanaged<FileHandle>.fromOpaque(raw).takeUnretainedValue()
    }

    /// `/disk/file` → the disk and the file's name there.
    private static func place(_ name: UnsafePointer<CChar>?) -> (disk: MemoryDisk, file: String)? {
        guard let name = unsafe name else { return nil }
        let parts = unsafe String(cString: name).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let disk = MemoryDisk.named(parts[0]) else { return nil }
        return (disk, String(parts[1]))
    }

    private static func open(_ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?) -> Int32 {
        guard let file = unsafe file else { return SQLITE_MISUSE }
        unsafe file.pointee.pMethods = nil
        let opened: MemoryFile
        if unsafe name == nil {
            // SQLite's own temporary file.
            opened = MemoryFile(on: nil)
        } else {
            guard let (disk, path) = unsafe place(name), !disk.isDead, let found = disk.file(path, create: flags & SQLITE_OPEN_CREATE != 0) else { return SQLITE_CANTOPEN }
            opened = found
        }
        let handle = FileHandle(opened)
        unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self).pointee.handle = Unmanaged.passRetained(handle).toOpaque()
        unsafe file.pointee.pMethods = methods
        if let outFlags = unsafe outFlags { unsafe outFlags.pointee = flags }
        return SQLITE_OK
    }

    private static func close(_ file: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        guard let file = unsafe file, let raw = unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self).pointee.handle else { return SQLITE_OK }
        let handle = unsafe Unmanaged<FileHandle>.fromOpaque(raw).takeRetainedValue()
        _ = handle.unlock(SQLITE_LOCK_NONE)
        _ = handle.unmap()
        unsafe UnsafeMutableRawPointer(file).assumingMemoryBound(to: OpenFile.self).pointee.handle = nil
        unsafe file.pointee.pMethods = nil
        return SQLITE_OK
    }

    private static func delete(_ name: UnsafePointer<CChar>?) -> Int32 {
        guard let (disk, path) = unsafe place(name), disk.operate() else { return SQLITE_IOERR }
        disk.delete(path)
        return SQLITE_OK
    }

    private static func access(_ name: UnsafePointer<CChar>?, _ result: UnsafeMutablePointer<Int32>?) -> Int32 {
        let exists = unsafe place(name).map { $0.disk.file($0.file, create: false) != nil } ?? false
        if let result = unsafe result { unsafe result.pointee = exists ? 1 : 0 }
        return SQLITE_OK
    }

    private static func fullPath(_ name: UnsafePointer<CChar>?, _ limit: Int32, _ result: UnsafeMutablePointer<CChar>?) -> Int32 {
        guard let name = unsafe name, let result = unsafe result else { return SQLITE_CANTOPEN }
        let bytes = unsafe String(cString: name).utf8CString
        guard bytes.count <= Int(limit) else { return SQLITE_CANTOPEN }
        for (index, byte) in bytes.enumerated() { unsafe result[index] = byte }
        return SQLITE_OK
    }
}
