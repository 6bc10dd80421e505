// What every machine of the architecture can run: SSE2 on x86-64, four lanes elsewhere.
#define ZK_NAME "baseline"
#define ZK_TABLE zk_kernels_baseline
#define LANES 4
#define MR 4
#define NR 8
#define KC 256
#define MC 96
#include "kernels.inc"
