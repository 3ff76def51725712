import Node
import Registry
import Replication
import Simulation
import Storage
import Testing

@Suite struct MemoryDiskTests {
    /// A power cut at each operation of a disk in turn, whatever it does with what was not synced: what was confirmed is
    /// there (guarantee 2), the replica is sound, and nothing is half done.
    @Test("Power cut at every point of a commit", arguments: [MemoryDisk.Loss.everything, .nothing, .part(seed: 7)])
    func everyPoint(loss: MemoryDisk.Loss) throws {
        let path = try #require(NodePath("wuhan"))
        var point = 0, cuts = 0, finished = false
        while !finished {
            let world = try World(seed: 3, tree: ["wuhan"])
            let machine = world.machine(path)
            var confirmed: [Dot] = []
            machine.disk.loosePower(after: point)
            do {
                for number in 1...2 { confirmed += [try #require(world.enter("permit", number: "甲\(number)号", at: "wuhan").record)] }
                finished = true
            } catch { cuts += 1 }
            #expect(finished != machine.disk.isDead)
            try world.crash(path, losing: loss)
            #expect(try machine.node.store.integrityFault() == nil)
            for dot in confirmed { #expect(try machine.node.show(dot).view.validity == .effective) }
            let held = try machine.node.verify()
            #expect(held.faults == [])
            // The catalogue, and each record in a set of its own.
            #expect((confirmed.count + 1...confirmed.count + 2).contains(held.changeSets), "cut at \(point)")
            point += 1
        }
        #expect(cuts > 6)
    }

    @Test("An image of the disk, put back, is the machine as it was")
    func image() throws {
        let path = try #require(NodePath("wuhan"))
        let world = try World(seed: 3, tree: ["wuhan"])
        let early = try #require(world.enter("permit", number: "甲1号", at: "wuhan").record)
        let image = world.machine(path).disk.image()
        let late = try #require(world.enter("permit", number: "甲2号", at: "wuhan").record)
        try world.restore(path, from: image)
        #expect(try world.node("wuhan").show(early).view.validity == .effective)
        #expect(throws: NodeRefusal.self) { try world.node("wuhan").show(late) }
    }
}
