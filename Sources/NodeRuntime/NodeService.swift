import Foundation
import NIOCore
import Node
import Registry
import Replication
import Sealing
import Storage
import Synchronization

/// A node opened in this process: executes operations, and serves.
package final class NodeService: Sendable {
    let home: NodeHome
    let node: Node
    let board = LinkBoard()
    let file: NodeHome.IdentityFile
    private let lock: HomeLock
    let serving = Mutex<ServingFacts?>(nil)
    let desk: LookupDesk
    /// What waits for people, as last looked at.
    let keptWork = Mutex<(at: ContinuousClock.Instant, work: OpenWork)?>(nil)
    let keptPassing = Mutex<(at: ContinuousClock.Instant, work: PassingWork)?>(nil)
    /// Of this node and its parent, as look-ups name them.
    let nodeName: String, parent: NodePath?

    struct ServingFacts: Sendable {
        var addresses: ServeAddresses
        var startedAt: UInt64
        var advertised: String?
    }

    private init(home: NodeHome, node: Node, file: NodeHome.IdentityFile, lock: HomeLock) {
        self.home = home
        self.node = node
        self.file = file
        self.lock = lock
        desk = LookupDesk { try node.answer($0) }
        (nodeName, parent) = (node.path.description, node.path.parent)
    }

    /// Takes the lock of the home and opens the replica.
    /// - Parameter environment: clock and randomness; tests set the clock.
    /// - Throws: ``ControlFault``: `unavailable` while another process has it, `notFound` when home is no node.
    package static func open(home directory: String, environment: NodeEnvironment = .machine) async throws -> NodeService {
        let home = NodeHome(directory)
        let file = try home.readIdentityFile()
        let lock = try HomeLock(home.lockFile)
        // Database, log and shared memory are made private, whatever the shell's umask says.
        umask(0o077)
        return try await Offload.run {
            let store = try ReplicaStore(path: home.database)
            let node = try Node(store: store, identity: try home.loadIdentity(), environment: environment)
            try node.dropAllStaged()
            return NodeService(home: home, node: node, file: file, lock: lock)
        }
    }

    /// Closes the replica and releases the lock.
    package func close() async {
        try? await Offload.run { [node] in try node.store.close() }
        lock.release()
    }

    /// Executes one operation off the event loops.
    /// - Throws: ``ControlFault`` only.
    package func execute<C: ControlCommand>(_ command: C) async throws -> C.Response {
        do {
            return try await Offload.run { try self.perform(command) }
        } catch {
            throw ControlFault(error)
        }
    }

    /// Decodes by name, executes, encodes.
    /// - Throws: ``ControlFault``; `notFound` for an unknown name, `badInput` for JSON that does not fit.
    package func execute(name: String, json: [UInt8]) async throws -> [UInt8] {
        for type in Self.commands where type.name == name { return try await decodeAndExecute(type, json) }
        throw ControlFault("no-such-operation", zh: "没有操作 \(name.prefix(40))", en: "there is no operation \(name.prefix(40))", hint: Self.commands.map { $0.name }.joined(separator: ", "), exit: .notFound)
    }

    private static let commands: [any ControlCommand.Type] = [
        InviteCommand.self, ChildrenCommand.self, ReaderInviteCommand.self, ReadersCommand.self, ListCreateCommand.self, ListAddCommand.self, ListRemoveCommand.self, ListPublishCommand.self,
        ListRenewKeysCommand.self, ListsCommand.self, LookupCommand.self, RecordsCommand.self, ShowCommand.self, StatusCommand.self, VerifyCommand.self, RebuildCommand.self,
        DoctorCommand.self, DigestCommand.self, ActCommand.self, RevokeCommand.self, FilingsCommand.self, ForksCommand.self, QuarantineCommand.self, WidenCommand.self, EditionsCommand.self, EditionTextCommand.self, EditionPublishCommand.self,
        EnterCommand.self, EditCommand.self, DraftStepCommand.self, DraftsCommand.self, TicketsCommand.self, CasesCommand.self, DeadlinesCommand.self, NotifyCommand.self, NotedCommand.self,
        ProposeItemCommand.self, ProposalsCommand.self, AnswerProposalCommand.self,
        AttachCommand.self, RetentionCommand.self, PurgeCommand.self, OptOutCommand.self,
    ] + affairCommands

    private func decodeAndExecute<C: ControlCommand>(_ type: C.Type, _ json: [UInt8]) async throws -> [UInt8] {
        let command: C
        do { command = try JSONDecoder().decode(type, from: Data(json)) } catch {
            throw ControlFault("bad-json", zh: "请求内容有误", en: "the request does not fit the operation \(type.name): \(error)", hint: "", exit: .badInput)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(try await execute(command)))
    }

    private func perform<C: ControlCommand>(_ command: C) throws -> C.Response {
        let response: Any
        switch command {
        case let command as InviteCommand: response = try invite(command)
        case let command as ChildrenCommand: response = try children(command)
        case let command as ReaderInviteCommand: response = try inviteReader(command)
        case let command as ReadersCommand: response = try readers(command)
        case let command as ListCreateCommand: response = try listCreate(command)
        case let command as ListAddCommand: response = try listAdd(command)
        case let command as ListRemoveCommand: response = try listRemove(command)
        case let command as ListPublishCommand: response = try listPublish(command)
        case let command as ListRenewKeysCommand: response = try listRenewKeys(command)
        case is ListsCommand: response = ListsCommand.Response(lists: try listSummaries())
        case let command as LookupCommand: response = try lookup(command)
        case let command as RecordsCommand: response = try records(command)
        case let command as ShowCommand: response = try show(command)
        case is StatusCommand: response = try status()
        case is VerifyCommand: response = try verify()
        case is RebuildCommand: response = try rebuild()
        case is DoctorCommand: response = doctor()
        case let command as DigestCommand: response = try viewDigest(command)
        case let command as ActCommand: response = try act(command)
        case let command as RevokeCommand: response = try revoke(command)
        case let command as FilingsCommand: response = try filings(command)
        case let command as ForksCommand: response = try forks(command)
        case let command as QuarantineCommand: response = try quarantine(command)
        case let command as WidenCommand: response = try widen(command)
        case let command as EditionsCommand: response = try editions(command)
        case let command as EditionTextCommand: response = try editionText(command)
        case let command as EditionPublishCommand: response = try publishEdition(command)
        case let command as ProposeItemCommand: response = try proposeItem(command)
        case is ProposalsCommand: response = try proposals()
        case let command as AnswerProposalCommand: response = try answerProposal(command)
        case let command as EnterCommand: response = try enter(command)
        case let command as EditCommand: response = try edit(command)
        case let command as DraftStepCommand: response = try draftStep(command)
        case let command as DraftsCommand: response = try drafts(command)
        case let command as TicketsCommand: response = try tickets(command)
        case let command as CasesCommand: response = try cases(command)
        case let command as DeadlinesCommand: response = try deadlines(command)
        case let command as NotifyCommand: response = try notify(command)
        case let command as NotedCommand: response = try noted(command)
        case let command as AttachCommand: response = try attach(command)
        case let command as RetentionCommand: response = try retention(command)
        case let command as PurgeCommand: response = try purge(command)
        case let command as OptOutCommand: response = try optOut(command)
        default:
            if let affair = try performAffair(command) {
                response = affair
                break
            }
            throw ControlFault("no-such-operation", zh: "没有此操作", en: "there is no such operation", hint: "", exit: .notFound)
        }
        guard let typed = response as? C.Response else { preconditionFailure("\(C.name) answers with its own response") }
        return typed
    }
}

extension ControlFault {
    /// Any error as people should see it.
    package init(_ error: any Error) {
        switch error {
        case let fault as ControlFault: self = fault
        case let refusal as NodeRefusal:
            let exit: Exit
            switch refusal.kind {
            case .badInput: exit = .badInput
            case .notFound: exit = .notFound
            case .refused: exit = .refused
            }
            self.init(refusal.code, zh: refusal.zh, en: refusal.en, hint: refusal.hint, exit: exit)
        case let storage as StorageError:
            self.init("storage", zh: "数据库操作失败", en: storage.message, hint: storage.hint, exit: .system)
        case let fault as ChangeSetFault:
            self.init(fault.rule.rawValue, zh: "数据校验失败：\(fault.place)", en: fault.description, hint: "creditnode verify", exit: .verification)
        case let problem as ChainProblem: self = EnrolmentClient.untrusted(problem)
        default:
            self.init("failure", zh: "操作失败", en: "\(error)", hint: "creditnode doctor", exit: .failure)
        }
    }
}
