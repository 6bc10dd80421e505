#ifndef ZK_TABLES_H
#define ZK_TABLES_H

#include "ckernels.h"

extern const zk_kernels zk_kernels_baseline;
#if defined(__x86_64__)
extern const zk_kernels zk_kernels_avx2;
extern const zk_kernels zk_kernels_avx512;
#elif defined(__aarch64__)
extern const zk_kernels zk_kernels_neon;
#endif

#endif
