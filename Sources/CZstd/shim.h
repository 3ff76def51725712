#pragma once
#include <zstd.h>
#include <zstd_errors.h>
/* ZSTD_CONTENTSIZE_UNKNOWN and _ERROR are macros of more than one operator; Swift does not import them.
   -1: no size in the frame header, or no frame. */
static inline long long creditnode_zstd_content_size(const void *frame, size_t count) {
    unsigned long long size = ZSTD_getFrameContentSize(frame, count);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > 0x7fffffffffffffffULL) return -1;
    return (long long)size;
}
/* 1: the output would not fit; 0: anything else. */
static inline int creditnode_zstd_does_not_fit(size_t code) { return ZSTD_getErrorCode(code) == ZSTD_error_dstSize_tooSmall; }
