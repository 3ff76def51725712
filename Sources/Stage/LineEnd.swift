import NIOCore

/// One end of a line: what it reads, its partner writes, when the line's conditions let it arrive. Reads only
/// while the line and the partner can take more, so that a slow receiver slows the sender and nothing piles up
/// here. Both ends of a line live on one event loop.
final class LineEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the line makes of bytes that were read.
    enum Fate {
        case carry(ByteBuffer)
        /// Carries these and ends the connection after them.
        case last(ByteBuffer)
        /// Carries these; from here on this direction of this connection is a black hole that closes nothing.
        case lose(ByteBuffer)
    }

    private var partner: LineEnd?
    private var context: ChannelHandlerContext?
    private var readWaits = false
    private var isLost = false
    /// The other end stays open, and knows nothing, when this one closes.
    var closesAlone = false
    private var queue = CircularBuffer<(bytes: ByteBuffer, at: Int64)>()
    private var queued = 0
    private var timer: Scheduled<Void>?
    private var schedule: LineSchedule
    private let conditions: () -> LineConditions
    private let judge: (ByteBuffer) -> Fate

    /// - Parameters:
    ///   - conditions: of the direction away from this end; asked for every piece.
    ///   - judge: told of all that is read, and decides.
    init(seed: UInt64, conditions: @escaping () -> LineConditions, judge: @escaping (ByteBuffer) -> Fate) {
        schedule = LineSchedule(seed: seed)
        self.conditions = conditions
        self.judge = judge
    }

    static func tie(_ a: LineEnd, _ b: LineEnd) {
        a.partner = b
        b.partner = a
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // What is on its way still arrives at the other side; when both are gone, nothing does.
        guard let partner, partner.context == nil else { return }
        for end in [self, partner] {
            end.timer?.cancel()
            end.partner = nil
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        read(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLost else { return }
        switch judge(unwrapInboundIn(data)) {
        case .carry(let bytes): send(bytes)
        case .last(let bytes):
            send(bytes)
            isLost = true
            queue.append((ByteBuffer(), queue.last?.at ?? Self.now))
            deliver()
        case .lose(let bytes):
            send(bytes)
            isLost = true
            closesAlone = true
            partner?.closesAlone = true
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        read(context: context)
    }

    /// Only asked to read when there is room on the line and at the other side.
    func read(context: ChannelHandlerContext) {
        if isLost || ((partner?.isWritable ?? false) && queued < conditions().capacity) { context.read() } else { readWaits = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.deliver() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !closesAlone {
            // What is on its way still arrives; then the other side learns of the end.
            queue.append((ByteBuffer(), queue.last?.at ?? Self.now))
            deliver()
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private var isWritable: Bool { context?.channel.isWritable ?? false }
    private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

    private func send(_ bytes: ByteBuffer) {
        let conditions = conditions()
        if conditions.isPerfect, queue.isEmpty {
            partner?.context?.write(NIOAny(bytes), promise: nil)
            return
        }
        var rest = bytes
        while rest.readableBytes > 0 {
            let count = conditions.bytesPerSecond == nil ? rest.readableBytes : min(LineSchedule.part, rest.readableBytes)
            guard let part = rest.readSlice(length: count) else { break }
            queue.append((part, max(schedule.arrival(of: count, now: Self.now, conditions), queue.last?.at ?? 0)))
            queued += count
        }
        deliver()
    }

    /// Writes what has arrived, and comes back for the rest.
    private func deliver() {
        guard let target = partner?.context else { return }
        timer?.cancel()
        timer = nil
        while let first = queue.first, target.channel.isWritable || first.bytes.readableBytes == 0 {
            if first.at > Self.now {
                timer = target.eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(UInt64(first.at))) { [self] in deliver() }
                break
            }
            queue.removeFirst()
            queued -= first.bytes.readableBytes
            if first.bytes.readableBytes == 0 {
                target.flush()
                return target.close(promise: nil)
            }
            target.write(NIOAny(first.bytes), promise: nil)
        }
        target.flush()
        guard readWaits, let context, partner?.isWritable ?? false, queued < conditions().capacity else { return }
        readWaits = false
        context.read()
    }
}
