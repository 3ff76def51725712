import Registry
import Replication
import Sealing
import Storage

extension Node {
    /// The newest list key.
    /// - Throws: ``NodeRefusal`` while none is held.
    func currentListKey() throws -> ListKey {
        guard let key = identity.listKeys.newest else {
            throw NodeRefusal(
                .refused, "no-list-key", zh: "本节点还没有名单密钥，不能列入自然人", en: "this node holds no list key yet, so persons cannot be listed",
                hint: "与上级连接一次即可收到 / run `creditnode serve` once with a line to the parent")
        }
        return key
    }

    /// Refuses to publish under a key older than the one the list's edition names, or another of the same epoch: the root
    /// was restored with an older `keys/lists.bin`, and nodes below would answer *not on the list* wrongly.
    func checkListKey(for list: ListRow) throws {
        guard let edition = try store.read({ try $0.newestEdition(of: list.id) }), edition.epoch > 0 else { return }
        let key = identity.listKeys.newest
        guard let key, key.epoch > edition.epoch || (key.epoch == edition.epoch && key.check == edition.keyCheck) else {
            throw NodeRefusal(
                .refused, "list-key-older", zh: "名单 \(list.opened.code) 现行版次使用第 \(edition.epoch) 期密钥，本节点没有这把密钥（恢复了旧备份）",
                en: "the edition in force of list \(list.opened.code) is under key \(edition.epoch), which this node does not hold (an older backup was restored)",
                hint: "恢复最新的 keys/lists.bin，或由根节点更换密钥 / restore the newest keys/lists.bin, or run `creditnode list renew-keys` at the root")
        }
    }

    /// A new list key after a loss: every list of this root that names persons is published again under it. Nodes
    /// below get the key on their links; who is suspended gets nothing any more. Lists that nodes below issue
    /// follow with their next publication.
    /// - Parameter cost: of the digests from now on.
    /// - Returns: the new epoch, and the lists that were published.
    /// - Throws: ``NodeRefusal`` anywhere but at the root, or without reason or reviewer.
    package func renewListKeys(reason: String, cost: MemoryHard.Cost = .standard, actor: Actor) throws -> (epoch: UInt32, lists: [String]) {
        try check(actor)
        guard path.depth == 1 else {
            throw NodeRefusal(.refused, "not-a-root", zh: "名单密钥只由根节点更换", en: "only the root renews list keys", hint: "\(path.root)")
        }
        guard !reason.isEmpty, reason.utf8.count <= 400 else {
            throw NodeRefusal(.badInput, "renewal-reason", zh: "更换密钥须说明理由", en: "a renewal states its reason", hint: "--reason")
        }
        guard actor.reviewer != nil else {
            throw NodeRefusal(.refused, "four-eyes", zh: "更换密钥须经另一人审核", en: "renewing keys needs a reviewer", hint: "--reviewer")
        }
        // Above everything any list has shown: a root restored from before a renewal must not give an epoch a second secret.
        let shown = try store.read { tx in
            try tx.lists().map { max(try tx.epochs(of: $0.id).last ?? 0, try tx.newestEdition(of: $0.id)?.epoch ?? 0) }.max() ?? 0
        }
        let (epoch, over) = max(identity.listKeys.newest?.epoch ?? 0, shown).addingReportingOverflow(1)
        guard !over else { throw NodeRefusal(.refused, "list-epochs", zh: "名单密钥的序号已用尽", en: "the epochs of list keys are used up") }
        let key = ListKey(epoch: epoch, cost: cost, secret: try environment.random(32))
        _ = try identity.listKeys.keep(key)
        var published: [String] = []
        for list in try store.read({ try $0.lists() }) where list.id.replica.path == path {
            guard try store.read({ try $0.listCounts(list.id) }).persons > 0 else { continue }
            _ = try publishList(code: list.opened.code, actor: actor, renewal: reason)
            published.append(list.opened.code)
        }
        return (key.epoch, published)
    }

    /// Remembers the TLS key that an enrolled child proved on its link.
    package func remember(tlsKey subjectPublicKeyInfo: [UInt8], of child: NodePath) { childKeys.withLock { $0[child] = subjectPublicKeyInfo } }

    /// The newest list keys, wrapped for a child; none for a parent.
    package func listKeys(for child: NodePath) throws -> [WrappedListKey] {
        guard child.parent == path, let receiver = childKeys.withLock({ $0[child] }) else { return [] }
        return try identity.listKeys.all.suffix(ListKeyring.kept).map { key in
            WrappedListKey(epoch: key.epoch, wrapped: try KeyWrap.wrap(key.serialized, to: receiver, context: WrappedListKey.context(child, epoch: key.epoch)))
        }
    }

    /// Unwraps and keeps list keys that the parent's link brought. Whether a key is the right one shows against the
    /// check value in signed editions.
    /// - Returns: true when one was new, so that children get it.
    /// - Throws: ``ChangeSetFault`` for what is no key wrapped for this node.
    package func take(_ keys: [WrappedListKey], from parent: NodePath) throws -> Bool {
        guard parent == path.parent, let own = identity.tlsKey else { return false }
        var isNew = false
        for wrapped in keys {
            let place = "list key \(wrapped.epoch)"
            let bytes: [UInt8]
            do throws(SealingError) {
                bytes = try KeyWrap.unwrap(wrapped.wrapped, with: own, context: WrappedListKey.context(path, epoch: wrapped.epoch))
            } catch { throw ChangeSetFault(.malformed, place, "not wrapped for this node: \(error)") }
            guard let key = ListKey(serialized: bytes), key.epoch == wrapped.epoch else { throw ChangeSetFault(.malformed, place, "not a list key") }
            if try identity.listKeys.keep(key) { isNew = true }
        }
        return isNew
    }
}
