#include "library.h"

#include <pthread.h>
#include <string.h>

// The simplified API of libpng 1.6 (libpng-manual.txt, section V), as png.h declares it.
typedef struct {
  void *opaque;
  uint32_t version, width, height, format, flags, colormap_entries, warning_or_error;
  char message[64];
} png_image;

enum {
  png_image_version = 1,
  png_format_flag_alpha = 1,
  png_format_flag_color = 2,
  // 16-bit files without a gamma chunk are taken as sRGB, like those of 8 bits, and not as linear.
  png_image_flag_16bit_srgb = 4,
};

static int (*begin_read_from_memory)(png_image *image, const void *memory, size_t size);
static int (*finish_read)(png_image *image, const void *background, void *buffer,
                          int32_t row_stride, void *colormap);
static void (*free_image)(png_image *image);

static int is_open;

static void open_library(void) {
  static const char *const names[] = {"libpng16.so.16",
                                      "libpng16.so",
                                      "libpng16.16.dylib",
                                      "/opt/homebrew/lib/libpng16.16.dylib",
                                      "/usr/local/lib/libpng16.16.dylib",
                                      NULL};
  const zi_symbol symbols[] = {
      {"png_image_begin_read_from_memory", (void **)&begin_read_from_memory},
      {"png_image_finish_read", (void **)&finish_read},
      {"png_image_free", (void **)&free_image},
      {NULL, NULL}};
  is_open = zi_open_library(names, symbols);
}

int zi_png_is_available(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return is_open;
}

// Begins a file; on success the image must be finished or freed.
static int begin(png_image *image, const uint8_t *file, size_t count, char *message) {
  if (!zi_png_is_available()) return zi_fail(message, "libpng16 is not on this machine");
  memset(image, 0, sizeof *image);
  image->version = png_image_version;
  if (begin_read_from_memory(image, file, count)) return 1;
  zi_fail(message, image->message);
  free_image(image);
  return 0;
}

int zi_png_read_header(const uint8_t *file, size_t count, zi_header *header, char *message) {
  png_image image;
  if (!begin(&image, file, count, message)) return 0;
  *header = (zi_header){.width = image.width,
                        .height = image.height,
                        .has_alpha = (image.format & png_format_flag_alpha) != 0};
  free_image(&image);
  return 1;
}

int zi_png_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                  uint8_t *pixels, size_t capacity, char *message) {
  png_image image;
  if (!begin(&image, file, count, message)) return 0;
  // Without its alpha channel libpng would blend the picture with what is in the buffer.
  const uint32_t alpha = image.format & png_format_flag_alpha;
  if (image.width != width || image.height != height ||
      !zi_fits(width, height, alpha ? 4 : 3, capacity)) {
    free_image(&image);
    return zi_fail(message, "the picture does not have the expected size");
  }
  image.format = png_format_flag_color | alpha;
  image.flags |= png_image_flag_16bit_srgb;
  const int done = finish_read(&image, NULL, pixels, 0, NULL);
  if (!done) zi_fail(message, image.message);
  free_image(&image);
  return done != 0;
}
