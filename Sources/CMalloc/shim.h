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
   from the system's cache, a fraction of a microsecond a page. Only mappings of files that can be executed and not written, and
   of which no page was changed (by relocations, by a debugger). */
static inline void creditnode_release_code(void) {
  FILE *maps = fopen("/proc/self/smaps", "re");
  if (!maps) return;
  char line[4352];
  unsigned long from = 0, to = 0, changed = 0;
  while (fgets(line, sizeof line, maps)) {
    unsigned long first, last;
    char rights[5], path[2];
    int found = sscanf(line, "%lx-%lx %4s %*s %*s %*s %1s", &first, &last, rights, path);
    if (found >= 3) {
      int code = found == 4 && path[0] == '/' && !strcmp(rights, "r-xp");
      from = code ? first : 0;
      to = code ? last : 0;
    } else if (from < to && sscanf(line, "Anonymous: %lu", &changed) == 1) {
      /* Refused (a locked page): nothing changes. */
      if (changed == 0) (void)madvise((void *)from, to - from, MADV_DONTNEED);
      from = to = 0;
    }
  }
  fclose(maps);
}
