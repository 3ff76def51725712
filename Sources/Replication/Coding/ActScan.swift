import Registry

/// The commonest acts on a record (corrections, objections, replies, repairs, marks of publication) read straight from their
/// bytes. Only the plain form that our own encoder writes is taken: known fields, ascending, once each; all else is left to
/// the general decoder, which then reads or refuses it. A test compares the two over whole and over broken bytes.
struct ActScan {
    /// What the general decoder need not count first (``ChangeBounds``).
    private static let longest = 4_096
    /// Most of a change is about one replica: named once, kept once.
    private var path: NodePath?

    /// - Returns: nil for any other form.
    static func change(_ bytes: Span<UInt8>) -> Change? {
        guard bytes.count <= longest, bytes.count > 0, bytes[0] == 0x12 else { return nil }
        var reader = ActScan()
        return reader.read(bytes)
    }

    private mutating func read(_ bytes: Span<UInt8>) -> Change? {
        var scan = RecordScan(0..<bytes.count)
        guard let about = scan.content(0x12, bytes), let record = dot(about, bytes), let previous = number(0x18, &scan, bytes) else { return nil }
        var entries: [Context.Entry] = []
        while let range = scan.content(0x22, bytes) {
            guard let entry = entry(range, bytes) else { return nil }
            entries.append(entry)
        }
        guard let context = Context(entries), let who = scan.content(0x2A, bytes), let actor = actor(who, bytes), let capturedAt = number(0x30, &scan, bytes) else { return nil }
        var editions: [Digest] = []
        while let range = scan.content(0x3A, bytes) {
            guard range.count == Digest.byteCount, editions.count < 16 else { return nil }
            editions.append(Digest(bytes.extracting(range)))
        }
        guard let act = act(&scan, bytes), scan.isDone else { return nil }
        return Change(record: record, previous: previous, context: context, actor: actor, capturedAt: capturedAt, editions: editions, kind: .act(act))
    }

    private mutating func act(_ scan: inout RecordScan, _ bytes: Span<UInt8>) -> RecordAct? {
        // Field numbers 19…26 with their wire type, in two bytes.
        let start = scan.at
        guard scan.skip(2), bytes[start + 1] == 0x01 else { return nil }
        guard let length = scan.varint(bytes), length <= UInt64(bytes.count - scan.at) else { return nil }
        let range = scan.at..<scan.at + Int(length)
        guard scan.skip(range.count) else { return nil }
        switch bytes[start] {
        case 0x9A: return correction(range, bytes).map { .correction($0) }
        case 0xAA: return objection(range, bytes).map { .objection($0) }
        case 0xB2: return reply(range, bytes).map { .reply($0) }
        case 0xCA: return repair(range, bytes).map { .repair($0) }
        case 0xD2: return mark(range, bytes).map { .publication($0) }
        // Numbers from the wire, not an enum of ours.
        case _: return nil
        }
    }

    // MARK: - Kinds

    private mutating func correction(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Correction? {
        var scan = RecordScan(range)
        guard let fields = fields(0x12, &scan, bytes), let basis = basis(0x22, &scan, bytes) else { return nil }
        var source: Digest?, objection: Dot?
        if let range = scan.content(0x2A, bytes) {
            guard range.count == Digest.byteCount else { return nil }
            source = Digest(bytes.extracting(range))
        }
        if let range = scan.content(0x32, bytes) {
            guard let dot = dot(range, bytes) else { return nil }
            objection = dot
        }
        var target: ReliefTarget?
        if let range = scan.content(0x3A, bytes) {
            guard let named = self.target(range, bytes) else { return nil }
            target = named
        }
        return scan.isDone ? Correction(fields: fields, basis: basis, source: source, objection: objection, target: target) : nil
    }

    private func objection(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Objection? {
        var scan = RecordScan(range)
        guard let ground = small(0x08, &scan, bytes).flatMap({ ObjectionGround(rawValue: $0) }) else { return nil }
        var disputed: [UInt32] = []
        if let range = scan.content(0x12, bytes) {
            var within = RecordScan(range)
            while !within.isDone {
                guard let raw = within.varint(bytes), let number = UInt32(exactly: raw), number > disputed.last ?? 0, disputed.count < 256 else { return nil }
                disputed.append(number)
            }
        }
        guard let claimed = fields(0x1A, &scan, bytes), let receipt = text(0x22, &scan, bytes), let day = date(0x28, &scan, bytes), let claimant = text(0x32, &scan, bytes),
            let statement = text(0x3A, &scan, bytes), let named = scan.content(0x42, bytes), let target = target(named, bytes), scan.isDone
        else { return nil }
        return Objection(
            ground: ground, fields: disputed, claimed: claimed, receipt: receipt, acceptedOn: day, claimant: claimant, statement: statement, target: target)
    }

    private mutating func reply(_ range: Range<Int>, _ bytes: Span<UInt8>) -> ObjectionReply? {
        var scan = RecordScan(range)
        guard let about = scan.content(0x0A, bytes), let objection = dot(about, bytes), let outcome = small(0x10, &scan, bytes).flatMap({ ObjectionOutcome(rawValue: $0) }),
            let basis = basis(0x1A, &scan, bytes), let day = date(0x20, &scan, bytes), scan.isDone
        else { return nil }
        return ObjectionReply(objection: objection, outcome: outcome, basis: basis, repliedOn: day)
    }

    private func repair(_ range: Range<Int>, _ bytes: Span<UInt8>) -> RepairAct? {
        var scan = RecordScan(range)
        guard let step = small(0x08, &scan, bytes).flatMap({ RepairStep(rawValue: $0) }), let receipt = text(0x12, &scan, bytes), let day = date(0x18, &scan, bytes),
            let basis = basis(0x22, &scan, bytes), let noRepeat = flag(0x28, &scan, bytes)
        else { return nil }
        var target: ReliefTarget?
        if let range = scan.content(0x32, bytes) {
            guard let named = self.target(range, bytes) else { return nil }
            target = named
        }
        return scan.isDone ? RepairAct(step: step, receipt: receipt, on: day, basis: basis, noRepeat: noRepeat, target: target) : nil
    }

    private func mark(_ range: Range<Int>, _ bytes: Span<UInt8>) -> PublicationMark? {
        var scan = RecordScan(range)
        guard let step = small(0x08, &scan, bytes).flatMap({ PublicationStep(rawValue: $0) }), let reason = text(0x12, &scan, bytes), let day = date(0x18, &scan, bytes),
            let confirmed = flag(0x20, &scan, bytes)
        else { return nil }
        var target: ReliefTarget?
        if let range = scan.content(0x2A, bytes) {
            guard let named = self.target(range, bytes) else { return nil }
            target = named
        }
        return scan.isDone ? PublicationMark(step: step, reason: reason, on: day, confirmed: confirmed, target: target) : nil
    }

    // MARK: - Parts

    private mutating func replica(_ range: Range<Int>, _ bytes: Span<UInt8>) -> ReplicaID? {
        var scan = RecordScan(range)
        guard let name = scan.content(0x0A, bytes), let chance = scan.content(0x12, bytes), chance.count == 16, scan.isDone else { return nil }
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        guard let path = path(name, bytes) else { return nil }
        return ReplicaID(path: path, incarnation: Incarnation(high: word(chance.lowerBound), low: word(chance.lowerBound + 8)))
    }

    private mutating func path(_ range: Range<Int>, _ bytes: Span<UInt8>) -> NodePath? {
        if let path {
            let known = path.description.utf8.span
            var index = 0
            if known.count == range.count {
                while index < known.count, known[index] == bytes[range.lowerBound + index] { index += 1 }
                if index == known.count { return path }
            }
        }
        guard let read = PlainRecord.text(bytes, range).flatMap({ NodePath($0) }) else { return nil }
        path = read
        return read
    }

    private mutating func dot(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Dot? {
        var scan = RecordScan(range)
        guard let who = scan.content(0x0A, bytes), let replica = replica(who, bytes), scan.skip(0x10, bytes), let counter = scan.varint(bytes), counter > 0, counter < 1 << 62,
            scan.isDone
        else { return nil }
        return Dot(replica: replica, counter: counter)
    }

    private mutating func entry(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Context.Entry? {
        var scan = RecordScan(range)
        guard let who = scan.content(0x0A, bytes), let replica = replica(who, bytes), let through = number(0x10, &scan, bytes) else { return nil }
        var later: [UInt64] = []
        if let range = scan.content(0x1A, bytes) {
            var within = RecordScan(range)
            while !within.isDone {
                guard let counter = within.varint(bytes) else { return nil }
                later.append(counter)
            }
        }
        return scan.isDone ? Context.Entry(replica: replica, through: through, later: later) : nil
    }

    private func actor(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Actor? {
        var scan = RecordScan(range)
        guard let unit = text(0x0A, &scan, bytes), let name = text(0x12, &scan, bytes), let reviewer = text(0x1A, &scan, bytes), scan.isDone else { return nil }
        return Actor(unit: unit, operator: name, reviewer: reviewer.isEmpty ? nil : reviewer)
    }

    private func basis(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> Basis? {
        guard let range = scan.content(tag, bytes) else { return nil }
        var scan = RecordScan(range)
        guard let rank = small(0x08, &scan, bytes).flatMap({ InstrumentRank(rawValue: $0) }), let document = text(0x12, &scan, bytes) else { return nil }
        var digest: Digest?
        if let range = scan.content(0x1A, bytes) {
            guard range.count == Digest.byteCount else { return nil }
            digest = Digest(bytes.extracting(range))
        }
        guard let follows = text(0x22, &scan, bytes), let reason = text(0x2A, &scan, bytes), scan.isDone else { return nil }
        return Basis(rank: rank, document: document, digest: digest, follows: follows, reason: reason)
    }

    private func target(_ range: Range<Int>, _ bytes: Span<UInt8>) -> ReliefTarget? {
        var scan = RecordScan(range)
        guard let key = scan.content(0x0A, bytes), key.count == Digest.byteCount, let authority = text(0x12, &scan, bytes), scan.isDone else { return nil }
        return ReliefTarget(naturalKey: Digest(bytes.extracting(key)), authority: authority)
    }

    private func fields(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> [RecordField]? {
        var fields: [RecordField] = [], last: UInt32 = 0
        while let range = scan.content(tag, bytes) {
            guard fields.count < 256, let field = PlainRecord.field(bytes, range), field.number > last, let value = PlainRecord.value(field, bytes) else { return nil }
            last = field.number
            fields.append(RecordField(number: field.number, value: value))
        }
        return fields
    }

    // MARK: - Numbers and texts; absent ones have their default

    private func number(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> UInt64? { scan.skip(tag, bytes) ? scan.varint(bytes) : 0 }

    private func small(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> UInt32? { number(tag, &scan, bytes).flatMap { UInt32(exactly: $0) } }

    private func flag(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> Bool? {
        guard let value = number(tag, &scan, bytes), value <= 1 else { return nil }
        return value == 1
    }

    private func date(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> CivilDate? {
        guard let raw = small(tag, &scan, bytes) else { return nil }
        return CivilDate(daysSinceEpoch: Int(Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)))
    }

    private func text(_ tag: UInt8, _ scan: inout RecordScan, _ bytes: Span<UInt8>) -> String? {
        guard scan.skip(tag, bytes) else { return "" }
        guard let length = scan.varint(bytes), length <= UInt64(bytes.count) else { return nil }
        let start = scan.at
        guard scan.skip(Int(length)) else { return nil }
        return PlainRecord.text(bytes, start..<start + Int(length))
    }
}
