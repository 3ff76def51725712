import Foundation
import Hummingbird
import NIOCore
import NodeRuntime
import Transport

extension ControlWire {
    package static let stagePath = "/v1/attachments/stage"
    package static let fetchPath = "/v1/attachments/fetch"
    /// Carries the base64 of the JSON of ``FetchedFile``.
    package static let fileHeader = "x-creditnode-file"

    /// For headers: names of files need not be ASCII.
    package static func encodeHeader<Value: Encodable>(_ value: Value) throws -> String { try Data(encode(value)).base64EncodedString() }

    /// - Throws: `ControlFault` when the header is missing or does not say what it should.
    package static func decodeHeader<Value: Decodable>(_ type: Value.Type, _ header: String?) throws -> Value {
        guard let header, let data = Data(base64Encoded: header), let value = try? JSONDecoder().decode(type, from: data) else {
            throw ControlFault(
                "bad-options", zh: "请求选项缺失或无法读取", en: "The options are missing or unreadable", hint: "base64(JSON \(type))", exit: .usage)
        }
        return value
    }
}

/// Attachments on the local API: files in, contents out, neither ever whole in memory.
struct AttachmentDoor: Sendable {
    var stage: @Sendable (StageOptions, RequestBody) async throws -> StagedFile
    /// Finds and checks a content; then its pieces.
    var fetch: @Sendable (FetchOptions) async throws -> (file: FetchedFile, read: @Sendable ((ByteBuffer) async throws -> Void) async throws -> Void)

    init(service: NodeService) {
        stage = { try await service.stage($0, body: $1) }
        fetch = { options in
            let opened = try await service.open(options)
            return (opened.file, { write in try await service.read(opened, write: write) })
        }
    }

    func add(to router: Router<DoorContext>) {
        router.post("v1/attachments/stage") { request, context in
            let options = try ControlWire.decodeHeader(StageOptions.self, context.head.first(ControlWire.optionsHeader))
            return JSONAnswer.response(bytes: try ControlWire.encode(try await stage(options, request.body)))
        }
        router.post("v1/attachments/fetch") { request, _ in
            let body = try await request.body.bytes(upTo: ControlWire.maximumCommandBytes)
            guard let options = try? ControlWire.decode(FetchOptions.self, from: body) else {
                throw ControlFault("bad-json", zh: "请求内容有误", en: "the request does not fit", hint: "{\"record\": …, \"which\": …}", exit: .badInput)
            }
            let (file, read) = try await fetch(options)
            var response = Response(status: .ok, body: ResponseBody(contentLength: Int(file.size)) { writer in
                let box = WriterBox(writer)
                try await read { try await box.write($0) }
                try await box.finish()
            })
            response.headers[.contentType] = "application/octet-stream"
            response.headers[.cacheControl] = "no-store"
            guard let name = HTTPFields.Element.Name(ControlWire.fileHeader) else { preconditionFailure("a header's name of ours") }
            response.headers[name] = try ControlWire.encodeHeader(file)
            return response
        }
    }
}

/// Lets a closure write to a writer that only its owner may change.
private final class WriterBox {
    private var writer: any ResponseBodyWriter
    init(_ writer: any ResponseBodyWriter) { self.writer = writer }
    func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }
    func finish() async throws { try await writer.finish(nil) }
}
