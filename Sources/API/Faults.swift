import Hummingbird
import Logging
import NIOCore
import NodeRuntime
import Transport

/// A fault whose HTTP status does not follow from its exit code.
struct Refusal: Error {
    let status: Int
    let fault: ControlFault
}

extension ControlFault {
    /// The status a fault travels under; its JSON carries the rest.
    var httpStatus: Int {
        switch exit {
        case .usage: 400
        case .refused: 403
        case .notFound: 404
        case .badInput: 422
        case .verification: 409
        case .unavailable: 503
        case .success, .failure, .system: 500
        }
    }

    /// What is said of an error nobody foresaw; its detail goes to the log.
    static func unforeseen(_ error: any Error) -> ControlFault {
        ControlFault(
            "internal", zh: "节点内部错误，操作未完成", en: "An internal error; the operation was not completed",
            hint: "请查看节点日志，再运行 creditnode doctor / see the node's log, then run creditnode doctor", exit: .failure)
    }
}

/// JSON answers of the doors: never cached, never sniffed.
enum JSONAnswer {
    static func response(status: Int = 200, bytes: [UInt8]) -> Response {
        var response = Response(status: .init(code: status), body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        response.headers[.contentType] = "application/json; charset=utf-8"
        response.headers[.cacheControl] = "no-store"
        return response
    }

    static func response(fault: ControlFault, status: Int? = nil) -> Response {
        // A struct of texts and a number always encodes.
        let bytes = (try? ControlWire.encode(fault)) ?? Array("{}".utf8)
        return response(status: status ?? fault.httpStatus, bytes: bytes)
    }
}

/// Turns whatever a route throws into the JSON of a fault. Cancellation and a lost client pass: there is nobody to answer.
struct FaultMiddleware: RouterMiddleware {
    typealias Context = DoorContext

    func handle(_ request: Request, context: DoorContext, next: (Request, DoorContext) async throws -> Response) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            return JSONAnswer.response(fault: refusal.fault, status: refusal.status)
        } catch let fault as ControlFault {
            return JSONAnswer.response(fault: fault)
        } catch let error as any HTTPResponseError {
            return JSONAnswer.response(fault: Self.routing(error.status.code, request: request), status: error.status.code)
        } catch let error as CancellationError {
            throw error
        } catch let error as TransportError {
            throw error
        } catch {
            context.logger.error("a control operation failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return JSONAnswer.response(fault: .unforeseen(error))
        }
    }

    private static func routing(_ status: Int, request: Request) -> ControlFault {
        if status == 404 {
            return ControlFault(
                "no-such-route", zh: "没有此接口：\(request.method.rawValue) \(request.uri.path)",
                en: "No such route: \(request.method.rawValue) \(request.uri.path)", hint: "GET /v1/health, GET /v1/status, POST /v1/control/{name}, POST /v1/import",
                exit: .notFound)
        }
        return ControlFault("bad-request", zh: "请求无效（\(status)）", en: "Bad request (\(status))", hint: "", exit: .usage)
    }
}
