#pragma once
#include <zlib.h>
/* inflateInit2 is a macro; Swift cannot call it. */
static inline int creditnode_inflate_init(z_stream *s, int window_bits) { return inflateInit2(s, window_bits); }
