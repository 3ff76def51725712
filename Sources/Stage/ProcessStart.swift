import Foundation

extension Process {
    /// As `run()`, with every signal unblocked: threads of a pool block most signals, a child inherits the
    /// mask of the thread that starts it, and would then be deaf to SIGTERM.
    func start() throws {
        var none = sigset_t(), before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
