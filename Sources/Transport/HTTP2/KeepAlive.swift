import NIOCore

/// Notices a peer that is gone without a word: nghttp2 has no timers, and TCP
/// alone would take many minutes, or for ever on an idle connection. Confined
/// to its event loop.
final class KeepAlive {
  private let interval: TimeAmount
  private let maxMissed: Int
  private let loop: any EventLoop
  private let ping: () -> Void
  private let lost: () -> Void
  private var missed = 0
  private var heardSomething = true
  private var timer: Scheduled<Void>?

  /// Begins. `ping` is called once per interval; `lost` once, after
  /// `limits.maxMissedPings` intervals without a byte.
  init(limits: HTTPLimits, loop: any EventLoop, ping: @escaping () -> Void, lost: @escaping () -> Void) {
    interval = limits.pingInterval.timeAmount
    maxMissed = limits.maxMissedPings
    self.loop = loop
    self.ping = ping
    self.lost = lost
    arm()
  }

  /// Bytes have arrived. Any byte shows that the peer lives: the answer to a
  /// PING may queue behind bulk data.
  func heard() {
    heardSomething = true
  }

  func stop() {
    timer?.cancel()
    timer = nil
  }

  private func arm() {
    let due = NIODeadline.now() + interval
    timer = loop.assumeIsolated().scheduleTask(deadline: due) { [self] in tick(due) }
  }

  private func tick(_ due: NIODeadline) {
    // A tick that comes late shows only that this loop was held up itself.
    let late = NIODeadline.now() - due > .nanoseconds(interval.nanoseconds / 2)
    missed = heardSomething ? 0 : late ? missed : missed + 1
    heardSomething = false
    guard missed < maxMissed else { return lost() }
    // Armed first: pinging may find the connection broken, and stop this.
    arm()
    ping()
  }
}
