#pragma once
/* TLS: inline functions for the macros Swift does not import. */
#include <string.h>
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

/* True when the newest error only says that a PEM text has no further block. */
static inline int tls_pem_ended(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

/* A PEM key that is encrypted must fail, not ask a terminal for its password. */
static inline int tls_no_password(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}

/* -- the wire: one BIO without buffers of its own --------------------------------------
   It reads from bytes that lie elsewhere and writes to a place elsewhere, both only for the length of a call;
   what is written while there is no such place, or too little of it, goes into a memory BIO. */
struct tls_wire {
    const unsigned char *in;
    size_t in_left;
    unsigned char *out;
    size_t out_room;
    size_t out_used;
    /* Order: once something was spilled, the rest follows it until the spill is drained. */
    BIO *spill;
};

static inline int tls_wire_read(BIO *bio, char *to, int count) {
    struct tls_wire *wire = (struct tls_wire *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    if (wire->in_left == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t taken = (size_t)count < wire->in_left ? (size_t)count : wire->in_left;
    memcpy(to, wire->in, taken);
    wire->in += taken;
    wire->in_left -= taken;
    return (int)taken;
}

static inline int tls_wire_write(BIO *bio, const char *from, int count) {
    struct tls_wire *wire = (struct tls_wire *)BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (count <= 0) return 0;
    if (wire->out_room - wire->out_used >= (size_t)count && BIO_pending(wire->spill) == 0) {
        memcpy(wire->out + wire->out_used, from, (size_t)count);
        wire->out_used += (size_t)count;
        return count;
    }
    return BIO_write(wire->spill, from, count);
}

static inline long tls_wire_ctrl(BIO *bio, int command, long number, void *pointer) {
    (void)number; (void)pointer;
    if (command == BIO_CTRL_PENDING) return (long)((struct tls_wire *)BIO_get_data(bio))->in_left;
    return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static inline int tls_wire_destroy(BIO *bio) {
    struct tls_wire *wire = (struct tls_wire *)BIO_get_data(bio);
    if (wire != NULL) {
        BIO_free(wire->spill);
        OPENSSL_free(wire);
        BIO_set_data(bio, NULL);
    }
    return 1;
}

/* Made once for the process. */
static inline BIO_METHOD *tls_wire_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    if (method == NULL || BIO_meth_set_read(method, tls_wire_read) != 1 || BIO_meth_set_write(method, tls_wire_write) != 1 ||
        BIO_meth_set_ctrl(method, tls_wire_ctrl) != 1 || BIO_meth_set_destroy(method, tls_wire_destroy) != 1)
        return NULL;
    return method;
}

static inline BIO *tls_wire_new(const BIO_METHOD *method) {
    BIO *bio = BIO_new(method);
    struct tls_wire *wire = (struct tls_wire *)OPENSSL_zalloc(sizeof *wire);
    if (wire != NULL) wire->spill = BIO_new(BIO_s_mem());
    if (bio == NULL || wire == NULL || wire->spill == NULL) {
        if (wire != NULL) BIO_free(wire->spill);
        OPENSSL_free(wire);
        BIO_free(bio);
        return NULL;
    }
    BIO_set_mem_eof_return(wire->spill, -1);
    BIO_set_data(bio, wire);
    BIO_set_init(bio, 1);
    return bio;
}

/* What is read next; NULL and 0 take it away again. */
static inline void tls_wire_give(BIO *bio, const void *bytes, size_t count) {
    struct tls_wire *wire = (struct tls_wire *)BIO_get_data(bio);
    wire->in = (const unsigned char *)bytes;
    wire->in_left = count;
}

static inline size_t tls_wire_left(BIO *bio) { return ((struct tls_wire *)BIO_get_data(bio))->in_left; }

/* Where written bytes go; NULL and 0 take it away again. Returns how much the place before it has got. */
static inline size_t tls_wire_place(BIO *bio, void *bytes, size_t room) {
    struct tls_wire *wire = (struct tls_wire *)BIO_get_data(bio);
    size_t used = wire->out_used;
    wire->out = (unsigned char *)bytes;
    wire->out_room = room;
    wire->out_used = 0;
    return used;
}

static inline BIO *tls_wire_spill(BIO *bio) { return ((struct tls_wire *)BIO_get_data(bio))->spill; }
