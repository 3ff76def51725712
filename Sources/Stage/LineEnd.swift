import NIOCore

/// One end of a line: what it reads, its partner writes. Reads only while the partner can write, so that a slow
/// receiver slows the sender and nothing piles up here. Both ends of a line live on one event loop.
final class LineEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var partner: LineEnd?
    private var context: ChannelHandlerContext?
    private var readWaits = false
    private let count: (Int) -> Void

    init(count: @escaping (Int) -> Void) { self.count = count }

    static func tie(_ a: LineEnd, _ b: LineEnd) {
        a.partner = b
        b.partner = a
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        read(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        count(bytes.readableBytes)
        partner?.pass(bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        read(context: context)
    }

    /// Only asked to read when there is room at the other side.
    func read(context: ChannelHandlerContext) {
        if partner?.hasRoom ?? false { context.read() } else { readWaits = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resume() }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.context?.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private var hasRoom: Bool { context?.channel.isWritable ?? false }

    private func pass(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

    private func resume() {
        guard readWaits else { return }
        readWaits = false
        context?.read()
    }
}
