// arm64: 8 x 12 would fill the 32 registers best; 8 x 8 keeps panels a power of two.
#if defined(__aarch64__)
#define ZK_NAME "neon"
#define ZK_TABLE zk_kernels_neon
#define LANES 4
#define MR 8
#define NR 8
#define KC 256
#define MC 128
#include "kernels.inc"
#else
typedef int zk_no_neon;
#endif
