import Hummingbird
import Logging
import NIOCore
import NodeRuntime
import Transport

/// The local control API, for the Unix socket of a node's home only: whoever may open the socket's file may
/// ask for anything, so it must never be bound to a network address.
///
/// | route | body | answer |
/// |---|---|---|
/// | `POST /v1/control/{name}` | JSON of the command, at most 1 MiB | JSON of its response |
/// | `POST /v1/import` | the file; options in ``ControlWire/optionsHeader`` | NDJSON of ``ImportEvent`` |
/// | `POST /v1/export` | JSON of ``ExportOptions`` | the export file; cut short when it fails midway |
/// | `GET /v1/status` | – | JSON of ``StatusReport`` |
/// | `GET /v1/health` | – | `{"health":"ok"}` while the process answers |
///
/// Every refusal is the JSON of a ``ControlFault``.
package func controlHandler(service: NodeService, logger: Logger) -> RequestHandler {
    controlHandler(operations: ControlOperations(service: service), logger: logger)
}

func controlHandler(operations: ControlOperations, logger: Logger) -> RequestHandler {
    let responder = controlRouter(operations: operations).buildResponder()
    return { request, writer in
        try await RouterBridge.answer(request, with: writer, responder: responder, logger: logger)
    }
}

private func controlRouter(operations: ControlOperations) -> Router<DoorContext> {
    let router = Router(context: DoorContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: FaultMiddleware())
    router.get("v1/health") { _, _ in JSONAnswer.response(bytes: Array(#"{"health":"ok"}"#.utf8)) }
    router.get("v1/status") { _, _ in
        JSONAnswer.response(bytes: try await operations.execute(StatusCommand.name, Array("{}".utf8)))
    }
    router.post("v1/control/:name") { request, context in
        let name = try context.parameters.require("name")
        let body = try await request.body.bytes(upTo: ControlWire.maximumCommandBytes)
        let answer = try await operations.execute(name, body.isEmpty ? Array("{}".utf8) : body)
        return JSONAnswer.response(bytes: answer)
    }
    router.post("v1/import") { request, context in
        let options = try ControlWire.decodeOptions(context.head.first(ControlWire.optionsHeader))
        return ImportAnswer.response(options: options, body: request.body, operations: operations, logger: context.logger)
    }
    router.post("v1/export") { request, _ in
        let body = try await request.body.bytes(upTo: ControlWire.maximumCommandBytes)
        guard let options = try? ControlWire.decode(ExportOptions.self, from: body) else {
            throw ControlFault("bad-json", zh: "请求内容有误", en: "the request is no export's", hint: "", exit: .badInput)
        }
        let pieces = try await operations.export(options)
        var response = Response(status: .ok, body: ResponseBody { writer in
            for try await piece in pieces { try await writer.write(piece) }
            try await writer.finish(nil)
        })
        response.headers[.contentType] = "application/octet-stream"
        response.headers[.cacheControl] = "no-store"
        return response
    }
    return router
}

extension RequestBody {
    /// The whole body; a ``Refusal`` with status 413 beyond `limit`.
    fileprivate func bytes(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        for try await chunk in self {
            guard whole.count + chunk.readableBytes <= limit else {
                throw Refusal(status: 413, fault: ControlFault(
                    "too-large", zh: "请求体超过 \(limit) 字节", en: "The request body is larger than \(limit) bytes",
                    hint: "文件请用 import / use import for files", exit: .usage))
            }
            whole.append(contentsOf: chunk.readableBytesView)
        }
        return whole
    }
}
