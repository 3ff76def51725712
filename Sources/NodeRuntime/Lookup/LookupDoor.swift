import Dispatch
import Logging
import Node
import NIOCore
import Registry
import Replication
import Sealing
import Storage
import Synchronization
import Transport

/// What departments' look-up clients meet: `POST /v1/lookup`, `GET` and `POST /v1/notices`, and nothing else. They prove themselves with a certificate
/// that is good for asking only; the unit in the log is the one they were enrolled for.
final class LookupDoor: Sendable {
    /// Questions of one reader that wait for their answers, over all its connections; and of those, about persons.
    static let atOnce = 1024, personsAtOnce = 100

    private let service: NodeService
    private let logger: Logger
    private let waiting = Mutex<[NodePath: (all: Int, persons: Int)]>([:])
    /// Who stands behind connections that asked before: the handshake proved it, no connection changes its certificate, and
    /// reading one costs more than an answer.
    private let known = Mutex<[UInt64: (path: NodePath, key: Digest)]>([:])
    private static let mostKnown = 4096
    /// One after the other: each takes tens of milliseconds of a core and 16 MiB.
    private let persons = DispatchQueue(label: "creditnode.look-ups.persons")

    init(service: NodeService, logger: Logger) { (self.service, self.logger) = (service, logger) }

    func handle(_ request: InboundRequest, _ response: any ResponseWriter) async throws {
        let status: Int, bytes: [UInt8]
        do {
            (status, bytes) = (200, try await answer(request))
        } catch let error as TransportError {
            throw error
        } catch {
            let fault = ControlFault(error)
            if fault.exit == .failure || fault.exit == .system { logger.error("a look-up failed", metadata: ["error": "\(error)"]) }
            (status, bytes) = (Self.status(fault), Self.json(fault))
        }
        try await response.sendHead(
            status: status, headers: [("content-type", "application/json; charset=utf-8"), ("content-length", "\(bytes.count)"), ("cache-control", "no-store")])
        try await response.write(ByteBuffer(bytes: bytes))
        try await response.finish()
    }

    private func answer(_ request: InboundRequest) async throws -> [UInt8] {
        let reader = try reader(request)
        if request.head.method == "GET" { return try await Offload.run { [service] in try service.notices(ofUnit: reader.unit) } }
        let body: [UInt8]
        do { body = Array(try await request.body.collect(upTo: LookupRequest.maximumBytes).readableBytesView) } catch let error as TransportError where error.kind == .protocolError {
            throw ControlFault(
                "too-large", zh: "请求超过 \(LookupRequest.maximumBytes) 字节", en: "a request has at most \(LookupRequest.maximumBytes) bytes", hint: "", exit: .usage)
        }
        if request.head.path == NoticeAnswer.path { return try await Offload.run { [service] in try service.noticeDone(body, unit: reader.unit) } }
        let asked = try LookupRequest(json: body)
        guard asked.unit == nil || asked.unit == reader.unit else {
            throw ControlFault("not-your-unit", zh: "该查询端登记在单位 \(reader.unit) 名下", en: "this client is enrolled for unit \(reader.unit)", hint: "", exit: .refused)
        }
        let count = asked.subjects?.count ?? 1, persons = asked.person == nil ? 0 : count
        try enter(reader.path, count, persons)
        defer { leave(reader.path, count, persons) }
        guard let subjects = asked.subjects else { return try await one(asked, reader) }
        return try await several(asked, subjects, reader)
    }

    private func one(_ asked: LookupRequest, _ reader: ReaderRow) async throws -> [UInt8] {
        let question = try await question(asked, asked.subject ?? "", reader).get()
        let result = try await service.desk.ask([question])[0].get()
        var json = LookupJSON()
        service.write(result, to: &json)
        return json.bytes
    }

    private func several(_ asked: LookupRequest, _ subjects: [String], _ reader: ReaderRow) async throws -> [UInt8] {
        var questions: [Result<LookupQuestion, ControlFault>] = []
        for subject in subjects { questions.append(await question(asked, subject, reader)) }
        var answers = try await service.desk.ask(questions.compactMap { try? $0.get() })[...]
        var json = LookupJSON(capacity: 512 * subjects.count)
        json.raw("{\"answers\":[")
        for (index, question) in questions.enumerated() {
            if index > 0 { json.raw(",") }
            switch question.flatMap({ _ in (answers.popFirst() ?? .failure(Self.unanswered)).mapError { ControlFault($0) } }) {
            case .success(let result):
                json.raw("{\"answer\":")
                service.write(result, to: &json)
            case .failure(let fault):
                json.raw("{\"fault\":")
                json.raw(String(decoding: Self.json(fault), as: UTF8.self))
            }
            json.raw("}")
        }
        json.raw("]}")
        return json.bytes
    }

    private static let unanswered = NodeRefusal(.refused, "unanswered", zh: "未答复", en: "not answered")

    /// A question ready to be asked. One about a person waits for its turn to be digested.
    private func question(_ asked: LookupRequest, _ subject: String, _ reader: ReaderRow) async -> Result<LookupQuestion, ControlFault> {
        let actor = Actor(unit: reader.unit, operator: asked.operator)
        let make: @Sendable () throws -> LookupQuestion = { [service] in
            try service.node.question(
                try service.subject(subject, person: asked.person, "subject"), purpose: asked.purpose, caseNumber: asked.caseNumber ?? "", actor: actor)
        }
        guard asked.person != nil else { return Result { try make() }.mapError { ControlFault($0) } }
        return await withCheckedContinuation { continuation in
            persons.async { continuation.resume(returning: Result { try make() }.mapError { ControlFault($0) }) }
        }
    }

    // MARK: - Who asks, and how much at once

    /// The enrolled reader behind a connection, as things stand now.
    private func reader(_ request: InboundRequest) throws -> ReaderRow {
        if let held = known.withLock({ $0[request.connectionID] }) { return try service.node.admitReader(held.path, key: held.key) }
        guard let peer = request.peer, peer.verified else {
            throw ControlFault("no-certificate", zh: "查询须出示登记的证书", en: "a look-up needs the certificate of an enrolled client", hint: "creditnode readers join", exit: .refused)
        }
        let reader = try service.node.admitReader(try Certificate(der: peer.leafDER))
        known.withLock { known in
            // Forgetting costs those that still ask one more reading.
            if known.count >= Self.mostKnown { known = [:] }
            known[request.connectionID] = (reader.path, reader.key)
        }
        return reader
    }

    private func enter(_ reader: NodePath, _ all: Int, _ persons: Int) throws(ControlFault) {
        let mayEnter = waiting.withLock { waiting in
            var own = waiting[reader] ?? (0, 0)
            guard own.all + all <= Self.atOnce, own.persons + persons <= Self.personsAtOnce else { return false }
            own = (own.all + all, own.persons + persons)
            waiting[reader] = own
            return true
        }
        guard mayEnter else {
            throw ControlFault("too-many", zh: "同时进行的查询过多，请稍后再试", en: "too many look-ups of this client are under way; try again", hint: "", exit: .unavailable)
        }
    }

    private func leave(_ reader: NodePath, _ all: Int, _ persons: Int) {
        waiting.withLock { waiting in
            guard let own = waiting[reader] else { return }
            waiting[reader] = own.all == all ? nil : (own.all - all, own.persons - persons)
        }
    }

    // MARK: - Faults

    private static func status(_ fault: ControlFault) -> Int {
        switch (fault.exit, fault.code) {
        case (_, "no-certificate"): 401
        case (_, "too-large"): 413
        case (_, "too-many"), (_, "lookup-limit"): 429
        case (.usage, _): 400
        case (.refused, _): 403
        case (.notFound, _): 404
        case (.badInput, _): 422
        case (.unavailable, _): 503
        case (.success, _), (.failure, _), (.verification, _), (.system, _): 500
        }
    }

    private static func json(_ fault: ControlFault) -> [UInt8] {
        var json = LookupJSON()
        json.raw("{\"code\":")
        json.text(fault.code)
        json.raw(",\"exit\":")
        json.raw(String(fault.exit.rawValue))
        json.raw(",\"hint\":")
        json.text(fault.hint)
        json.raw(",\"messageEn\":")
        json.text(fault.messageEn)
        json.raw(",\"messageZh\":")
        json.text(fault.messageZh)
        json.raw("}")
        return json.bytes
    }
}
