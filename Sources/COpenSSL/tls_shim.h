#pragma once
/* TLS: inline functions for the macros Swift does not import. */
#include <openssl/ssl.h>
#include <openssl/err.h>
