// AVX-512: 12 x 32 keeps 24 accumulators, 2 values of B and 1 of A in 32 registers.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), apply_to = function)
#define ZK_NAME "avx512"
#define ZK_TABLE zk_kernels_avx512
#define LANES 16
#define MR 12
#define NR 32
#define KC 320
#define MC 240
#include "kernels.inc"
#pragma clang attribute pop
#else
typedef int zk_no_avx512;
#endif
