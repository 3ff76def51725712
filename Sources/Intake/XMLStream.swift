import CSheets

/// What a part of a workbook says, piece by piece. Names come without their namespace prefix.
protocol XMLListener: AnyObject {
    func begin(_ name: String, _ attribute: (String) -> String?)
    func text(_ bytes: UnsafeBufferPointer<UInt8>)
    func end(_ name: String)
}

/// expat over bytes as they come. Documents with a DOCTYPE are refused: spreadsheets have none, and bombs need one.
/// A listener may ask for a pause, so that what one block unfolds to stays bounded.
@safe final class XMLStream {
    private let parser: XML_Parser
    private unowned let listener: any XMLListener
    private var depth = 0
    private var refused: String?
    private static let greatestDepth = 100

    init(_ listener: any XMLListener) throws(SheetFault) {
        guard let made = unsafe XML_ParserCreate(nil) else { throw .unreadable("expat") }
        unsafe parser = made
        self.listener = listener
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(
            parser,
            { user, name, attributes in
                guard let user = unsafe user, let name = unsafe name else { return }
                unsafe Unmanaged<XMLStream>.fromOpaque(user).takeUnretainedValue().began(name, attributes)
            },
            { user, name in
                guard let user = unsafe user, let name = unsafe name else { return }
                unsafe Unmanaged<XMLStream>.fromOpaque(user).takeUnretainedValue().ended(name)
            })
        unsafe XML_SetCharacterDataHandler(parser) { user, bytes, count in
            guard let user = unsafe user, let bytes = unsafe bytes, count > 0 else { return }
            unsafe bytes.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
                unsafe Unmanaged<XMLStream>.fromOpaque(user).takeUnretainedValue().listener.text(UnsafeBufferPointer(start: $0, count: Int(count)))
            }
        }
        unsafe XML_SetStartDoctypeDeclHandler(parser) { user, _, _, _, _ in
            guard let user = unsafe user else { return }
            unsafe Unmanaged<XMLStream>.fromOpaque(user).takeUnretainedValue().refuse("DOCTYPE")
        }
    }

    deinit { unsafe XML_ParserFree(parser) }

    /// - Returns: true when the listener asked for a pause: ``resume()`` before the next piece.
    func feed(_ bytes: [UInt8], isLast: Bool) throws(SheetFault) -> Bool {
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe XML_Parse(parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), isLast ? 1 : 0)
        }
        return try judge(status)
    }

    func resume() throws(SheetFault) -> Bool { try judge(unsafe XML_ResumeParser(parser)) }

    /// For listeners, within a call of theirs.
    func pause() { _ = unsafe XML_StopParser(parser, 1) }

    /// The whole of a small part.
    static func read(_ bytes: [UInt8], _ listener: any XMLListener) throws(SheetFault) {
        _ = try XMLStream(listener).feed(bytes, isLast: true)
    }

    private func judge(_ status: XML_Status) throws(SheetFault) -> Bool {
        if let refused { throw .malformed(refused) }
        if status == XML_STATUS_SUSPENDED { return true }
        guard status == XML_STATUS_OK else { throw .malformed("XML \(unsafe XML_GetErrorCode(parser).rawValue)") }
        return false
    }

    private func refuse(_ why: String) {
        refused = why
        _ = unsafe XML_StopParser(parser, 0)
    }

    private func began(_ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        depth += 1
        if depth > XMLStream.greatestDepth { refuse("depth"); return }
        listener.begin(unsafe XMLStream.local(name)) { wanted in
            guard let attributes = unsafe attributes else { return nil }
            var i = 0
            while let key = unsafe attributes[i] {
                if let value = unsafe attributes[i + 1], unsafe XMLStream.local(key) == wanted { return unsafe String(cString: value) }
                i += 2
            }
            return nil
        }
    }

    private func ended(_ name: UnsafePointer<CChar>) {
        depth -= 1
        listener.end(unsafe XMLStream.local(name))
    }

    private static func local(_ name: UnsafePointer<CChar>) -> String {
        let whole = unsafe String(cString: name)
        guard let colon = whole.utf8.lastIndex(of: UInt8(ascii: ":")) else { return whole }
        return String(whole[whole.utf8.index(after: colon)...])
    }
}
