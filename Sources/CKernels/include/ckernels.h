// Leaf kernels for Float32: no threads, no allocation, no global state.
// One portable source (kernels.inc) is compiled once for each instruction set; zk_select picks a
// table when the program starts. All sizes count floats unless they say otherwise.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

/// Element-wise functions of one argument; p and q are their attributes.
typedef enum {
  zk_affine,      // p * x + q
  zk_exp,
  zk_log,
  zk_sqrt,
  zk_square,
  zk_reciprocal,
  zk_tanh,
  zk_sigmoid,
  zk_softplus,
  zk_leaky_relu,  // x > 0 ? x : p * x
  zk_absolute,
  zk_sign,
  zk_clamp,       // min(max(x, p), q)
} zk_unary;

/// Element-wise functions of two arguments.
typedef enum {
  zk_add,
  zk_subtract,
  zk_multiply,
  zk_divide,
  zk_leaky_gate,  // b * (a > 0 ? 1 : p)
  zk_tanh_gate,   // b * (1 - a * a)
  zk_sigmoid_gate // b * a * (1 - a)
} zk_binary;

/// How the rows of a patch matrix are gathered from images [batch, height, width, channels].
///
/// Row (n, i, j) of the grid [batch, grid_height, grid_width] is a patch of patch_height x
/// patch_width pixels of image n, all channels, whose upper left pixel is (i * stride_y + origin_y,
/// j * stride_x + origin_x); pixels outside the image are zero. Forward convolution, and each phase
/// of an input gradient, are GEMMs over such a matrix; a weight gradient is one over its transpose.
typedef struct {
  const float *images;
  int64_t height, width, channels;
  int64_t grid_height, grid_width;
  int64_t stride_y, stride_x;
  int64_t origin_y, origin_x;
  int64_t patch_height, patch_width;
} zk_patches;

/// A window over one image [height, width, channels], and its positions [grid_height, grid_width].
/// Position (i, j) begins at pixel (i * stride_y + origin_y, j * stride_x + origin_x).
typedef struct {
  int64_t height, width, channels;
  int64_t grid_height, grid_width;
  int64_t kernel_height, kernel_width;
  int64_t stride_y, stride_x;
  int64_t origin_y, origin_x;
} zk_pooling;

/// The maps of Winograd's minimal filtering F(4, r), r = 2 or 3 taps: with n = r + 3 points, four
/// results of a filter are y = Aᵀ ((G w) ⊙ (Bᵀ x)) for n data x. Lavin & Gray 2016, arXiv:1509.09308.
typedef enum {
  zk_data,               // Bᵀ, n x n
  zk_kernel,             // G, n x r
  zk_kernel_transposed,  // r x n
  zk_result,             // Aᵀ, 4 x n
  zk_result_transposed   // n x 4
} zk_winograd_map;

/// A Philox4x32-10 sequence (Salmon et al. 2011): block i has the counter (i, counter[0..2]).
typedef struct {
  uint32_t key[2];
  uint32_t counter[3];
} zk_philox;

/// Adam's constants for one update, bias corrections included. rest1 and rest2 are 1 - beta, which
/// Float32 would lose digits of.
typedef struct {
  float beta2, rest1, rest2, step_size, inverse_root_correction2, epsilon;
} zk_adam_constants;

/// The kernels of one instruction set, with the block sizes that suit them.
typedef struct {
  const char *name;
  /// Rows and columns of the register tile.
  int64_t mr, nr;
  /// Depth of a packed block, and rows of the packed block of A that should stay in L2.
  int64_t kc, mc;

  /// Multiplies a packed block of A (panels of mr rows) with packed panels of B (nr columns):
  /// rows x columns results of depth `depth`, row i written at c + row_offset[i]; added to what is
  /// there when `accumulate`, else replacing it.
  void (*multiply)(const float *a, const float *b, float *c, const int64_t *row_offset,
                   int64_t rows, int64_t columns, int64_t depth, int accumulate);

  /// Packs `count` rows of a strided matrix into panels of `panel` rows, depth-major:
  /// element (i, k) is read at source[i * row_stride + k * depth_stride]. Panels are
  /// `depth_capacity` deep, short panels are filled with zeros.
  void (*pack)(float *packed, const float *source, int64_t row_stride, int64_t depth_stride,
               int64_t count, int64_t depth, int64_t panel, int64_t depth_capacity);
  /// Packs rows [row, row + count) of a patch matrix, depth [first, first + depth), for A.
  void (*pack_patches)(float *packed, const zk_patches *patches, int64_t row, int64_t count,
                       int64_t first, int64_t depth);
  /// Packs rows [row, row + count) of the transposed patch matrix, depth [first, first + depth),
  /// for A.
  void (*pack_patches_transposed)(float *packed, const zk_patches *patches, int64_t row,
                                  int64_t count, int64_t first, int64_t depth);
  /// The adjoint of gathering patches, for one row of pixels: row y of image n receives the sum of
  /// what all patches hold for it, in a fixed order. `rows` is the patch matrix.
  void (*fold_patches)(const zk_patches *patches, const float *rows, int64_t n, int64_t y,
                       float *row);

  /// Applies a map along both sides of a tile, for filters of vertical_taps x horizontal_taps, to
  /// each of `count` channels. Places are in row-major order; the channels of one lie side by side.
  void (*winograd)(zk_winograd_map map, int vertical_taps, int horizontal_taps,
                   const float *const *source, float *const *target, int64_t count);

  void (*unary)(zk_unary function, float p, float q, const float *x, float *y, int64_t count);
  /// Operands advance by a_step and b_step, each 0 (one value repeated) or 1.
  void (*binary)(zk_binary function, float p, const float *a, int64_t a_step, const float *b,
                 int64_t b_step, float *y, int64_t count);
  /// The sum of `count` values in Float64, in a fixed order.
  double (*sum)(const float *x, int64_t count);
  /// The sum of `rows` rows of `columns` values, added in Float64: rounded to y, or, where y is NULL,
  /// as it is to partial.
  void (*sum_rows)(const float *x, float *y, double *partial, int64_t rows, int64_t columns);
  /// y = the sum of `rows` rows of `columns` partial sums.
  void (*add_partials)(const double *partial, float *y, int64_t rows, int64_t columns);
  /// y = e^x / the sum of e^x, for each row.
  void (*softmax)(const float *x, float *y, int64_t rows, int64_t columns);
  /// y[c] = the sum over t of a[t][c] * b[t][c * b_step], b_step being 0 or 1; added to what is there
  /// when `accumulate`, else replacing it.
  void (*sum_products)(const float *const *a, const float *const *b, int64_t b_step, int64_t terms,
                       float *y, int64_t count, int accumulate);
  /// The sum over i of a[i] * b[i].
  float (*dot)(const float *a, const float *b, int64_t count);
  /// y[c] = the sum over r of v[r] * x[r][c], for rows that lie `stride` apart.
  void (*column_products)(const float *x, int64_t stride, const float *v, float *y, int64_t rows,
                          int64_t columns);
  // Pooling, one image at a time.
  /// y[window] = the sum of its pixels.
  void (*window_sum)(const zk_pooling *pooling, const float *x, float *y);
  /// The adjoint: x[pixel] = the sum of all windows that hold it.
  void (*window_spread)(const zk_pooling *pooling, const float *y, float *x);
  /// y[window] = the value where the key is largest; the first of equals, and NaN wins.
  void (*window_pick)(const zk_pooling *pooling, const float *keys, const float *values, float *y);
  /// The adjoint: values[window] is added to x where the key is largest.
  void (*window_place)(const zk_pooling *pooling, const float *keys, const float *values, float *x);

  /// For x and z of `rows` x `channels`, and u = x, or x - centre when `centre_both`: sums[c] is the
  /// sum of u, sums[channels + c] that of u * (z - centre).
  void (*channel_sums)(const float *x, const float *z, const float *centre, int centre_both,
                       float *sums, int64_t rows, int64_t channels);
  /// y = b * (z - centre) + c with centre, b and c for each channel; plus a * x unless x is NULL.
  void (*channel_blend)(const float *z, const float *centre, const float *b, const float *c,
                        const float *x, const float *a, float *y, int64_t rows, int64_t channels);
  /// Values [first, first + count) of low + (high - low) * u, four to a block; u has 24 bits.
  /// `first` is a multiple of 4.
  void (*random_uniform)(const zk_philox *philox, double low, double high, int64_t first, float *y,
                         int64_t count);
  /// Values [first, first + count) of a normal distribution, two to a block, by Box and Muller's
  /// transform of two numbers of 53 bits. `first` is a multiple of 2.
  void (*random_normal)(const zk_philox *philox, double mean, double deviation, int64_t first,
                        float *y, int64_t count);

  /// 1 when every value is finite.
  int (*all_finite)(const float *x, int64_t count);

  // Optimizers: what they remember changes in place, values do not.
  void (*adam)(const zk_adam_constants *constants, const float *value, const float *gradient,
               float *mean, float *square, float *new_value, int64_t count);
  /// square' = decay * square + rest * g * g; value' = value - rate * g / (sqrt(square') + epsilon).
  void (*rmsprop)(float rate, float decay, float rest, float epsilon, const float *value,
                  const float *gradient, float *square, float *new_value, int64_t count);
  /// velocity' = momentum * velocity + g; value' = value - rate * velocity'.
  void (*sgd)(float rate, float momentum, const float *value, const float *gradient,
              float *velocity, float *new_value, int64_t count);
} zk_kernels;

/// The kernels named `name` ("baseline", "avx2", "avx512", "neon"), or NULL when this machine
/// cannot run them; with NULL as name, the best that it can run.
const zk_kernels *zk_select(const char *name);

/// The names that zk_select accepts on this machine, best first; NULL past the last.
const char *zk_available(int64_t index);

/// Whether this thread is at work on a tile: what it computes there stays with it.
int zk_in_tile(void);
void zk_set_in_tile(int value);

/// Tells the processor that this thread waits awake.
static inline void zk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
