import Replication

extension OpenSSLPrimitives {
    /// The digest of an attachment whose content `body` gives in order, piece by piece: memory stays bounded.
    /// - Throws: what `body` throws.
    package func attachmentDigest(_ suite: Suite, salt: [UInt8], content body: (_ absorb: ([UInt8]) -> Void) throws -> Void) throws -> Digest {
        try DigestPool.of(suite).withContext { context in
            context.update(Array(Attachment.label.utf8))
            context.update(salt)
            let given = Result { try body { context.update($0) } }
            // In any case the context is given back ready for the next message.
            let digest = context.finish()
            return given.map { digest }
        }.get()
    }
}
