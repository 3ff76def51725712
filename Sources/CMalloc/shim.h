#pragma once
/* glibc's allocator keeps an arena for every few threads, and what one thread freed another does not use: a node whose
   work moves between threads then holds twice what it needs. Elsewhere (musl) there is nothing to set. */
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static inline void creditnode_malloc_one_arena(void) { mallopt(M_ARENA_MAX, 1); }
static inline void creditnode_malloc_trim(void) { malloc_trim(0); }
#else
static inline void creditnode_malloc_one_arena(void) {}
static inline void creditnode_malloc_trim(void) {}
#endif
