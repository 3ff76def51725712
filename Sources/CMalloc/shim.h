#pragma once
/* glibc's allocator keeps an arena for every few threads, and what one thread freed another does not use: a node whose
   work moves between threads then holds twice what it needs. Elsewhere (musl) there is nothing to set. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
static inline void creditnode_malloc_one_arena(void) { mallopt(M_ARENA_MAX, 1); }
static inline void creditnode_malloc_trim(void) { malloc_trim(0); }
#else
static inline void creditnode_malloc_one_arena(void) {}
static inline void creditnode_malloc_trim(void) {}
#endif

/* The kernel maps sixteen pages of a program's code for each one that is touched and counts them all to the process, whatever
   ran once at the start included. Code is never changed, so its pages may be given up: what is called again is mapped again
   from the system's cache, a fraction of a microsecond a page. Only mappings of files that can be executed and not written. */
static inline void creditnode_release_code(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return;
  char line[4352];
  while (fgets(line, sizeof line, maps)) {
    unsigned long from, to;
    char rights[5], path[2];
    if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %1s", &from, &to, rights, path) != 4 || path[0] != '/' || strcmp(rights, "r-xp")) continue;
    /* Refused (a locked page): nothing changes. */
    (void)madvise((void *)from, to - from, MADV_DONTNEED);
  }
  fclose(maps);
}
