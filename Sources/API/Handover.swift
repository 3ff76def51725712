/// Hands values from one task to another, one at a time: whoever puts waits until the value is taken, so nothing piles up
/// before a slow reader. One task puts or offers, one takes.
actor Handover<Value: Sendable> {
    private var waiting: (value: Value, continuation: CheckedContinuation<Void, Never>)?
    private var reader: CheckedContinuation<Value?, Never>?
    /// Offered while nobody took; the newest.
    private var offered: Value?
    private var isClosed = false

    /// Returns when `value` is taken, or when nobody will.
    func put(_ value: Value) async {
        if isClosed { return }
        offered = nil
        if let reader {
            self.reader = nil
            reader.resume(returning: value)
            return
        }
        await withCheckedContinuation { waiting = (value, $0) }
    }

    /// Never waits; an older offer that nobody took is forgotten.
    func offer(_ value: Value) {
        if isClosed { return }
        if let reader {
            self.reader = nil
            reader.resume(returning: value)
        } else {
            offered = value
        }
    }

    /// The next value; nil once it is closed.
    func take() async -> Value? {
        if let waiting {
            self.waiting = nil
            waiting.continuation.resume()
            return waiting.value
        }
        if let offered {
            self.offered = nil
            return offered
        }
        if isClosed { return nil }
        return await withCheckedContinuation { reader = $0 }
    }

    /// From either side. What was put and not taken is lost.
    func close() {
        isClosed = true
        offered = nil
        reader?.resume(returning: nil)
        reader = nil
        waiting?.continuation.resume()
        waiting = nil
    }
}
