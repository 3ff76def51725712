import Registry
import Replication
import Storage

/// What editions in force have ended, as one transaction sees it.
final class CutOverBox {
    private(set) var cutOvers: CutOvers

    init(node: Node, tx: ReadTransaction) { cutOvers = (try? node.cutOvers(tx)) ?? .none }

    func renew(_ node: Node, _ tx: ReadTransaction) throws { cutOvers = try node.cutOvers(tx) }
}

extension Node {
    func cutOvers(_ tx: ReadTransaction) throws -> CutOvers {
        let newest = try tx.newestEdition(.catalogue)
        return CutOvers(registry: try registry(tx), catalogue: newest.flatMap { self.catalogue($0.digest, tx)?.catalogue })
    }

    /// An object as it goes out: new successions and withdrawals are cut over at what the root holds now.
    func signed(_ object: IssuedObject, _ tx: ReadTransaction) throws -> IssuedObject {
        switch object {
        case .catalogue(var catalogue):
            guard catalogue.withdrawals.contains(where: \.cutOver.isEmpty) else { return object }
            let frontier = try tx.frontier()
            for index in catalogue.withdrawals.indices where catalogue.withdrawals[index].cutOver.isEmpty { catalogue.withdrawals[index].cutOver = frontier }
            return .catalogue(catalogue)
        case .units(let registry):
            guard registry.successions.contains(where: \.cutOver.isEmpty) else { return object }
            let frontier = try tx.frontier()
            var successions = registry.successions
            for index in successions.indices where successions[index].cutOver.isEmpty {
                let nodes = Set(registry.unit(successions[index].from)?.nodes ?? [])
                let cut = frontier.filter { one in nodes.contains { one.replica.hasPrefix("\($0)#") } }
                // Of a unit that wrote nothing the root's own frontier says that it was signed.
                successions[index].cutOver = cut.isEmpty ? frontier.filter { $0.replica.hasPrefix("\(path)#") } : cut
            }
            return .units(
                UnitRegistry(
                    number: registry.number, title: registry.title, localDivisions: registry.localDivisions, units: registry.units, successions: successions,
                    mirrors: registry.mirrors))
        case .profile, .calendar: return object
        }
    }

    /// What an older edition cut over stays cut over there, and what it withdrew stays withdrawn until the item comes back: an
    /// editor need not repeat it.
    func carrying(_ object: IssuedObject, _ tx: ReadTransaction) throws -> IssuedObject {
        switch object {
        case .catalogue(let catalogue): .catalogue(try carrying(catalogue, tx))
        case .units(let registry): .units(try carrying(registry, tx))
        case .profile, .calendar: object
        }
    }

    private func carrying(_ registry: UnitRegistry, _ tx: ReadTransaction) throws -> UnitRegistry {
        guard let held = try self.registry(tx) else { return registry }
        let successions = registry.successions.map { one in
            guard one.cutOver.isEmpty, let earlier = held.successions.first(where: { $0.from == one.from && $0.to == one.to }) else { return one }
            var one = one
            one.cutOver = earlier.cutOver
            return one
        }
        return UnitRegistry(
            number: registry.number, title: registry.title, localDivisions: registry.localDivisions, units: registry.units, successions: successions,
            mirrors: registry.mirrors)
    }

    private func carrying(_ edition: Catalogue, _ tx: ReadTransaction) throws -> Catalogue {
        guard let newest = try tx.newestEdition(.catalogue), let held = self.catalogue(newest.digest, tx)?.catalogue else { return edition }
        var catalogue = edition
        for index in catalogue.withdrawals.indices where catalogue.withdrawals[index].cutOver.isEmpty {
            if let earlier = held.withdrawals.first(where: { $0.item == catalogue.withdrawals[index].item }) { catalogue.withdrawals[index].cutOver = earlier.cutOver }
        }
        for one in held.withdrawals where catalogue.item(number: one.item) == nil && !catalogue.withdrawals.contains(where: { $0.item == one.item }) {
            catalogue.withdrawals.append(one)
        }
        // An item that simply is not there any more is withdrawn, too.
        for item in held.items where catalogue.item(number: item.number) == nil && !catalogue.withdrawals.contains(where: { $0.item == item.number }) {
            catalogue.withdrawals.append(ItemWithdrawal(item: item.number, reason: "第\(catalogue.number)版目录不再列入 / not in edition \(catalogue.number)"))
        }
        catalogue.withdrawals.sort { $0.item < $1.item }
        return catalogue
    }
}

extension Projector {
    /// A catalogue or registry came: what it cuts off is taken back, what it no longer cuts off is let in. A function of
    /// the changes and editions held, whichever came first.
    func applyCutOvers() throws {
        try cuts.renew(node, tx)
        for dot in try tx.quarantined(by: CutOvers.rules) {
            guard let held = try node.change(dot, tx) else { continue }
            let judgement = Replication.judge(held.change, dot: dot, ledger: held.ledger, in: circumstances)
            try tx.note(judgement, of: dot)
            guard judgement == .accepted else { continue }
            try accept(held.change, dot: dot, ledger: held.ledger, body: held.body)
            try project(held.change.record ?? dot)
        }
        guard !cuts.cutOvers.isEmpty else { return }
        for replica in try tx.authors() {
            guard let first = cuts.cutOvers.first(of: replica) else { continue }
            try cutOff(replica, beyond: first)
        }
    }

    private func cutOff(_ replica: ReplicaID, beyond first: UInt64) throws {
        var last = first
        while true {
            let page = try tx.changeSets(of: replica, beyond: last, limit: 16)
            guard let end = page.last else { return }
            for set in page {
                let bodies = try node.readBodies(set)
                for index in 0..<set.count where !bodies.places[index].isEmpty {
                    let dot = Dot(replica: replica, counter: set.firstCounter + UInt64(index))
                    guard let body = bodies[index], let change = try? Change(serialized: body),
                        let fault = cuts.cutOvers.fault(change, dot, edition: circumstances.edition)?.unlessReleased(dot, circumstances), try tx.pending(dot) == nil
                    else { continue }
                    try tx.note(fault, of: dot)
                    try project(change.record ?? dot)
                }
            }
            last = end.firstCounter + UInt64(end.count) - 1
        }
    }
}
