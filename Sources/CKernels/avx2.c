// AVX2 with FMA: 6 x 16 keeps 12 accumulators, 2 values of B and 1 of A in 16 registers.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ZK_NAME "avx2"
#define ZK_TABLE zk_kernels_avx2
#define LANES 8
#define MR 6
#define NR 16
#define KC 256
#define MC 144
#include "kernels.inc"
#pragma clang attribute pop
#else
typedef int zk_no_avx2;
#endif
