#pragma once
/* libcrypto: inline functions for the macros and variadics Swift does not import.
   They hold no policy; every decision stands in the Sealing target. */
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <endian.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <openssl/rand.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

/* -- macros ---------------------------------------------------------------------------- */
static inline void creditnode_openssl_free(void *p) { OPENSSL_free(p); }
static inline long creditnode_bio_bytes(BIO *bio, char **out) { return BIO_get_mem_data(bio, out); }
static inline EVP_PKEY *creditnode_keygen(const char *type) { return EVP_PKEY_Q_keygen(NULL, NULL, type); }
static inline EVP_PKEY *creditnode_keygen_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }

/* -- typed stacks ---------------------------------------------------------------------- */
static inline STACK_OF(X509) *creditnode_x509s_new(void) { return sk_X509_new_null(); }
static inline int creditnode_x509s_push(STACK_OF(X509) *s, X509 *x) { return sk_X509_push(s, x); }
static inline int creditnode_x509s_count(const STACK_OF(X509) *s) { return s == NULL ? 0 : sk_X509_num(s); }
static inline X509 *creditnode_x509s_at(const STACK_OF(X509) *s, int i) { return sk_X509_value(s, i); }
/* Frees the stack, not the certificates in it. */
static inline void creditnode_x509s_free(STACK_OF(X509) *s) { sk_X509_free(s); }
static inline int creditnode_names_count(const GENERAL_NAMES *s) { return sk_GENERAL_NAME_num(s); }
static inline GENERAL_NAME *creditnode_names_at(const GENERAL_NAMES *s, int i) { return sk_GENERAL_NAME_value(s, i); }
static inline int creditnode_oids_count(const EXTENDED_KEY_USAGE *s) { return sk_ASN1_OBJECT_num(s); }
static inline ASN1_OBJECT *creditnode_oids_at(const EXTENDED_KEY_USAGE *s, int i) { return sk_ASN1_OBJECT_value(s, i); }

/* -- digests --------------------------------------------------------------------------- */
/* Finishes a 32-byte digest as four big-endian words. 1 on success. */
static inline int creditnode_digest_final(EVP_MD_CTX *ctx, uint64_t *words) {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (EVP_DigestFinal_ex(ctx, out, &n) != 1 || n != 32) return 0;
    for (int i = 0; i < 4; i++) {
        uint64_t w;
        memcpy(&w, out + 8 * i, 8);
        words[i] = be64toh(w);
    }
    return 1;
}

/* -- keys ------------------------------------------------------------------------------ */
/* A public key from its uncompressed point; type is "EC" or "SM2". NULL if not on the curve. */
static inline EVP_PKEY *creditnode_public_point(const char *type, const char *group, const unsigned char *point, size_t n) {
    OSSL_PARAM params[3];
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, n);
    params[2] = OSSL_PARAM_construct_end();
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx == NULL) return NULL;
    if (EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* The private key in PKCS #8 PEM. An encrypted one fails: without a callback OpenSSL would ask the terminal. */
static inline int creditnode_no_password(char *b, int n, int rw, void *u) { (void)b; (void)n; (void)rw; (void)u; return -1; }
static inline EVP_PKEY *creditnode_read_private_key(BIO *bio) {
    return PEM_read_bio_PrivateKey(bio, NULL, creditnode_no_password, NULL);
}
static inline int creditnode_write_private_key(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

/* -- certificates ---------------------------------------------------------------------- */
/* The SM2 signer id of a certificate or request; takes effect at signing and verifying. */
static inline ASN1_OCTET_STRING *creditnode_octets(const char *text) {
    ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
    if (s != NULL && ASN1_OCTET_STRING_set(s, (const unsigned char *)text, (int)strlen(text)) != 1) {
        ASN1_OCTET_STRING_free(s);
        s = NULL;
    }
    return s;
}
static inline int creditnode_x509_set_signer_id(X509 *x, const char *id) {
    ASN1_OCTET_STRING *s = creditnode_octets(id);
    if (s == NULL) return 0;
    X509_set0_distinguishing_id(x, s);
    return 1;
}
static inline int creditnode_req_set_signer_id(X509_REQ *r, const char *id) {
    ASN1_OCTET_STRING *s = creditnode_octets(id);
    if (s == NULL) return 0;
    X509_REQ_set0_distinguishing_id(r, s);
    return 1;
}
/* Adds one extension from its configuration text. 1 on success. */
static inline int creditnode_x509_add_extension(X509 *cert, X509 *issuer, int nid, const char *value) {
    X509V3_CTX ctx;
    memset(&ctx, 0, sizeof ctx);
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, (char *)value);
    if (e == NULL) return 0;
    int ok = X509_add_ext(cert, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}
/* Seconds since the epoch; 0 when the time does not parse. */
static inline int creditnode_time_seconds(const ASN1_TIME *t, int64_t *out) {
    struct tm tm;
    memset(&tm, 0, sizeof tm);
    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1) return 0;
    *out = (int64_t)timegm(&tm);
    return 1;
}
/* 1 critical, 0 not critical, -1 absent or several times. */
static inline int creditnode_x509_critical(const X509 *x, int nid) {
    int at = X509_get_ext_by_NID(x, nid, -1);
    if (at < 0 || X509_get_ext_by_NID(x, nid, at) >= 0) return -1;
    return X509_EXTENSION_get_critical(X509_get_ext(x, at));
}
