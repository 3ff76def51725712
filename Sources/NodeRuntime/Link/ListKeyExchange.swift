import Logging
import Node
import NIOCore
import Registry
import Replication

/// List keys on a link: from parent to child, at the beginning and whenever a new one comes.
extension LinkSession {
    /// A key came or was made: an open child gets it now; others with their next greeting.
    func offerListKeys() {
        guard role == .parent, state.withLock({ $0.conversation.isOpen }) else { return }
        do {
            let keys = try node.listKeys(for: peer)
            guard !keys.isEmpty else { return }
            state.withLock { state in
                if state.control.count < Self.controlLimit { state.control.append(.listKeys(keys)) }
            }
            outgoing.wake()
        } catch {
            logger.error("list keys could not be wrapped", metadata: ["error": "\(error)"])
        }
    }

    /// Statements and, for a child, list keys: once both ends know where the other stands.
    func sendOpeningFrames() async throws {
        let peer = peer
        let frames = try await Offload.run { [node] in try node.openingFrames(for: peer) }
        state.withLock { $0.control += frames }
        outgoing.wake()
    }

    /// Keeps what the parent sent, and tells the links to our own children.
    func take(_ keys: [WrappedListKey]) async throws {
        let peer = peer
        do {
            guard try await Offload.run({ [node] in try node.take(keys, from: peer) }) else { return }
            logger.info("list keys came", metadata: ["epochs": "\(keys.map(\.epoch))"])
            board.tell(.listKeys, except: state.withLock { $0.handle })
        } catch let fault as ChangeSetFault {
            board.update(peer, isParent: role == .child) { $0.lastError = fault.description }
        }
    }
}
