#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Removes a Unix socket's file; a missing file is no error.
func unlinkSocket(_ path: String) {
  _ = unsafe unlink(path)
}
