#include "tables.h"

#include <stddef.h>
#include <string.h>

// Best first.
static const zk_kernels *const *candidates(void) {
  static const zk_kernels *const all[] = {
#if defined(__x86_64__)
      &zk_kernels_avx512, &zk_kernels_avx2,
#elif defined(__aarch64__)
      &zk_kernels_neon,
#endif
      &zk_kernels_baseline, NULL};
  return all;
}

static int runs_here(const zk_kernels *kernels) {
#if defined(__x86_64__)
  if (kernels == &zk_kernels_avx512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (kernels == &zk_kernels_avx2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return 1;
}

const char *zk_available(int64_t index) {
  for (const zk_kernels *const *k = candidates(); *k; ++k)
    if (runs_here(*k) && index-- == 0) return (*k)->name;
  return NULL;
}

const zk_kernels *zk_select(const char *name) {
  for (const zk_kernels *const *k = candidates(); *k; ++k)
    if (runs_here(*k) && (name == NULL || strcmp((*k)->name, name) == 0)) return *k;
  return NULL;
}

static _Thread_local int in_tile;

int zk_in_tile(void) { return in_tile; }
void zk_set_in_tile(int value) { in_tile = value; }
