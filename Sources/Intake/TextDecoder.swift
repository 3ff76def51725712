import CSheets

/// Bytes of a file in any of ``TextEncoding`` → UTF-8, as they come. What cannot be read becomes U+FFFD, which the
/// validator reports by row and never stores.
///
/// Without a named encoding: the byte order mark; else the first 64 KiB that hold anything but ASCII decide
/// (``TextEncoding/detect(_:isWhole:)``). UTF-8 is handed on as it came: its form is the validator's question, so that
/// every byte is looked at once.
package struct TextDecoder: Sendable {
    /// Bytes looked at before an encoding is settled.
    static let window = 64 * 1024

    private enum Mode: Sendable {
        case undecided
        case plain
        case converting(Converter)
    }

    private let named: TextEncoding?
    private var mode = Mode.undecided
    private var held: [UInt8] = []
    /// No byte was looked at yet: a mark may come.
    private var atStart = true
    /// nil while everything was ASCII.
    package private(set) var encoding: TextEncoding?
    package private(set) var hasMark = false

    /// - Parameter named: overrides what the file looks like; a mark of the same encoding is left out.
    package init(_ named: TextEncoding? = nil) { self.named = named }

    /// UTF-8 of what is settled so far; `deliver` may be called never or several times.
    package mutating func feed(_ chunk: ArraySlice<UInt8>, _ deliver: (ArraySlice<UInt8>) throws -> Void) rethrows {
        switch mode {
        case .plain:
            try deliver(chunk)
        case .converting(let converter):
            try converter.convert(chunk, deliver)
        case .undecided:
            held.append(contentsOf: chunk)
            // A named encoding only waits for the mark.
            if held.count >= (named == nil ? TextDecoder.window : 4) { try settle(isWhole: false, deliver) }
        }
    }

    package mutating func finish(_ deliver: (ArraySlice<UInt8>) throws -> Void) rethrows {
        if case .undecided = mode { try settle(isWhole: true, deliver) }
        if case .converting(let converter) = mode { try converter.finish(deliver) }
        mode = .plain
        if encoding == nil { encoding = .utf8 }
    }

    private mutating func settle(isWhole: Bool, _ deliver: (ArraySlice<UInt8>) throws -> Void) rethrows {
        var rest = held[...]
        held = []
        if atStart, let mark = TextEncoding.mark(rest), named == nil || named == mark.encoding || (isWide(named) && isWide(mark.encoding)) {
            rest = rest.dropFirst(mark.length)
            hasMark = true
            encoding = mark.encoding
        } else {
            encoding = named ?? TextEncoding.detect(rest, isWhole: isWhole)
        }
        atStart = false
        guard let encoding else {
            // ASCII so far: the same in all that are left.
            try deliver(rest)
            return
        }
        guard encoding != .utf8, let converter = Converter(encoding) else {
            mode = .plain
            try deliver(rest)
            return
        }
        mode = .converting(converter)
        try feed(rest, deliver)
    }

    private func isWide(_ encoding: TextEncoding?) -> Bool { encoding == .utf16LittleEndian || encoding == .utf16BigEndian }
}

/// glibc's iconv over a stream cut anywhere.
@safe private final class Converter: @unchecked Sendable {  // owned by the one decoder of a file
    private let descriptor: iconv_t
    private let encoding: TextEncoding
    /// Bytes of a character whose rest has not come.
    private var pending: [UInt8] = []
    private var output: [UInt8] = []
    private let scratch: UnsafeMutableBufferPointer<CChar>
    private static let block = 32 * 1024

    init?(_ encoding: TextEncoding) {
        let name =
            switch encoding {
            case .utf8: "UTF-8"
            case .utf16LittleEndian: "UTF-16LE"
            case .utf16BigEndian: "UTF-16BE"
            case .gb18030: "GB18030"
            }
        // iconv_open answers (iconv_t)-1.
        guard let opened = unsafe iconv_open("UTF-8", name), Int(bitPattern: opened) != -1 else { return nil }
        unsafe descriptor = opened
        self.encoding = encoding
        // Two bytes become three at most, four become four; and a character may be pending.
        unsafe scratch = .allocate(capacity: (Converter.block + 8) * 2)
    }

    deinit {
        _ = unsafe iconv_close(descriptor)
        unsafe scratch.deallocate()
    }

    func convert(_ chunk: ArraySlice<UInt8>, _ deliver: (ArraySlice<UInt8>) throws -> Void) rethrows {
        var rest = chunk
        while !rest.isEmpty {
            let piece = rest.prefix(Converter.block)
            rest = rest.dropFirst(piece.count)
            run(pending.isEmpty ? piece : (pending + piece)[...], isLast: false)
            try deliver(output[...])
        }
    }

    func finish(_ deliver: (ArraySlice<UInt8>) throws -> Void) rethrows {
        guard !pending.isEmpty else { return }
        run(pending[...], isLast: true)
        try deliver(output[...])
    }

    /// Converts `input` into ``output``; what is left of it becomes ``pending``.
    private func run(_ input: ArraySlice<UInt8>, isLast: Bool) {
        output.removeAll(keepingCapacity: true)
        pending = []
        var rest = input
        while !rest.isEmpty {
            let before = output.count
            let (used, complaint) = step(rest)
            if encoding == .gb18030 { GB18030Additions.settle(&output, from: before) }
            rest = rest.dropFirst(used)
            if rest.isEmpty { return }
            if complaint == creditnode_iconv_incomplete, !isLast {
                pending = Array(rest)
                return
            }
            if complaint != creditnode_iconv_full { rest = rest.dropFirst(skip(rest)) }
        }
    }

    /// Something unreadable stands at the beginning of `rest`: a character iconv does not know, or U+FFFD.
    /// A lead byte alone is skipped, so that a delimiter or line end behind it still counts.
    private func skip(_ rest: ArraySlice<UInt8>) -> Int {
        if encoding == .gb18030, let character = GB18030Additions.fourByte(rest) {
            output += GB18030Additions.utf8(character)
            return 4
        }
        output += [0xEF, 0xBF, 0xBD]
        return encoding == .gb18030 || encoding == .utf8 ? 1 : min(2, rest.count)
    }

    /// One call of iconv, appended to ``output``.
    private func step(_ input: ArraySlice<UInt8>) -> (used: Int, complaint: Int) {
        var left = input.count, free = unsafe scratch.count
        guard let target = unsafe scratch.baseAddress else { return (input.count, creditnode_iconv_done) }
        let complaint = unsafe input.withUnsafeBufferPointer { bytes -> Int32 in
            guard let source = bytes.baseAddress else { return 0 }
            return unsafe source.withMemoryRebound(to: CChar.self, capacity: bytes.count) { unsafe creditnode_iconv(descriptor, $0, &left, target, &free) }
        }
        let wrote = unsafe scratch.count - free
        unsafe UnsafeRawBufferPointer(start: target, count: wrote).withMemoryRebound(to: UInt8.self) { unsafe output.append(contentsOf: $0) }
        return (input.count - left, Int(complaint))
    }
}
