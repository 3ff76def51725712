import Registry
import Testing

@Suite struct FileKindTests {
    @Test("Files are told by their first bytes", arguments: [
        (Array("%PDF-1.4\n".utf8), FileKind.pdf), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], .png),
        ([0x49, 0x49, 0x2A, 0x00, 8], .tiff), ([0x4D, 0x4D, 0x00, 0x2A, 0], .tiff), ([0x50, 0x4B, 0x03, 0x04, 20, 0] + Array("OFD.xml".utf8), .ofd),
    ])
    func known(head: [UInt8], kind: FileKind) { #expect(FileKind.recognise(head: head, tail: head) == kind) }

    @Test("An OFD whose directory stands at its end is one; another zip is not")
    func zips() {
        let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04, 20, 0] + Array("word/document.xml".utf8)
        #expect(FileKind.recognise(head: zip, tail: Array("xxOFD.xmlyy".utf8)) == .ofd)
        #expect(FileKind.recognise(head: zip, tail: zip) == nil)
        #expect(FileKind.recognise(head: zip, tail: []) == nil)
    }

    @Test("Anything else is not taken", arguments: [[], Array("%PD".utf8), Array("<html>".utf8), [0x4D, 0x5A], Array(" %PDF-".utf8), [0x89, 0x50]] as [[UInt8]])
    func unknown(head: [UInt8]) { #expect(FileKind.recognise(head: head, tail: head) == nil) }
}
