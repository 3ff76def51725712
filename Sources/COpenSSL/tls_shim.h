#pragma once
/* TLS: inline functions for the macros Swift does not import. */
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

/* Both bounds at once: this node speaks TLS 1.3 and nothing else. 1 = success. */
static inline int tls_ctx_only_13(SSL_CTX *ctx) {
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1;
}

static inline void tls_ctx_set_modes(SSL_CTX *ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_read_ahead(ctx, 1);
}

static inline void tls_ctx_cache_off(SSL_CTX *ctx) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
}

static inline void tls_ctx_cache_client(SSL_CTX *ctx) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

/* The chain keeps its own reference to the certificate. 1 = success. */
static inline int tls_ctx_add_chain(SSL_CTX *ctx, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(ctx, certificate);
}

static inline int tls_chain_count(const STACK_OF(X509) *chain) {
    return chain == NULL ? 0 : sk_X509_num(chain);
}

static inline X509 *tls_chain_at(const STACK_OF(X509) *chain, int index) {
    return sk_X509_value(chain, index);
}

static inline long tls_bio_pending(BIO *bio) { return (long)BIO_pending(bio); }

/* A memory BIO that is empty must say "try again", not "end of file". */
static inline void tls_bio_empty_is_retry(BIO *bio) { BIO_set_mem_eof_return(bio, -1); }

/* True when the newest error only says that a PEM text has no further block. */
static inline int tls_pem_ended(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/* A PEM key that is encrypted must fail, not ask a terminal for its password. */
static inline int tls_no_password(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}
