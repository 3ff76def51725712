#pragma once
#include <zlib.h>
/* inflateInit2/deflateInit2 are macros; Swift cannot call them. */
static inline int creditnode_deflate_init(z_stream *s, int level, int window_bits, int mem_level) {
    return deflateInit2(s, level, Z_DEFLATED, window_bits, mem_level, Z_DEFAULT_STRATEGY);
}
static inline int creditnode_inflate_init(z_stream *s, int window_bits) { return inflateInit2(s, window_bits); }
