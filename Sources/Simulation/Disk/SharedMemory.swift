import GRDBSQLite

/// The index of a write-ahead log as the connections of one process share it, with its eight locks. It is no file: a
/// power cut leaves nothing of it, and SQLite builds it anew from the log.
@safe final class SharedMemory {
    private var regions: [UnsafeMutableRawPointer] = unsafe []
    private var shared = [Int](repeating: 0, count: 8)
    private var exclusive = [Bool](repeating: false, count: 8)
    private var users = 0

    func attach() { users += 1 }

    /// The last one out clears it.
    func detach() {
        users -= 1
        if users == 0 { clear() }
    }

    private func clear() {
        for unsafe region in unsafe regions { unsafe region.deallocate() }
        unsafe regions = []
    }

    deinit { clear() }

    /// - Returns: nil for a region that nobody made and `extend` does not ask for.
    func region(_ index: Int, bytes: Int, extend: Bool) -> UnsafeMutableRawPointer? {
        while unsafe regions.count <= index {
            guard extend else { return nil }
            let region = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
            unsafe region.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            unsafe regions.append(region)
        }
        return unsafe regions[index]
    }

    /// Takes or gives back locks of one connection, all or none.
    /// - Parameter held: the connection's own: bits of those it shares, then of those it has alone.
    func lock(_ slots: Range<Int>, _ flags: Int32, held: inout (shared: UInt8, exclusive: UInt8)) -> Bool {
        let mask = slots.reduce(UInt8(0)) { $0 | (1 << UInt8($1)) }
        if flags & SQLITE_SHM_UNLOCK != 0 {
            for slot in slots {
                if held.exclusive & (1 << UInt8(slot)) != 0 { exclusive[slot] = false }
                if held.shared & (1 << UInt8(slot)) != 0 { shared[slot] -= 1 }
            }
            held = (held.shared & ~mask, held.exclusive & ~mask)
            return true
        }
        if flags & SQLITE_SHM_SHARED != 0 {
            if held.shared & mask == mask { return true }
            for slot in slots where exclusive[slot] { return false }
            for slot in slots { shared[slot] += 1 }
            held.shared |= mask
            return true
        }
        for slot in slots {
            if held.exclusive & (1 << UInt8(slot)) != 0 { continue }
            let own = held.shared & (1 << UInt8(slot)) != 0 ? 1 : 0
            if exclusive[slot] || shared[slot] > own { return false }
        }
        for slot in slots { exclusive[slot] = true }
        held.exclusive |= mask
        return true
    }
}
