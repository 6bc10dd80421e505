#include "library.h"

#include <pthread.h>
#include <setjmp.h>
#include <string.h>

// The row by row API of libpng 1.6 (libpng-manual.txt, section III), as png.h declares it. The
// simplified API would be shorter, but since 1.6.51 (the fix of CVE-2025-65018, which distributions
// also put into older versions) it gives wrong pixels for interlaced files of 16 bits.
typedef void *png_structp;
typedef void *png_infop;
typedef void (*png_error_ptr)(png_structp png, const char *text);
typedef void (*png_rw_ptr)(png_structp png, uint8_t *bytes, size_t count);

static png_structp (*create_read)(const char *version, void *error, png_error_ptr fail,
                                  png_error_ptr warn);
static png_infop (*create_info)(png_structp png);
static void (*destroy_read)(png_structp *png, png_infop *info, png_infop *end);
static void *(*error_pointer)(png_structp png);
static void *(*io_pointer)(png_structp png);
static void (*set_read)(png_structp png, void *io, png_rw_ptr read);
static void (*read_info)(png_structp png, png_infop info);
static uint32_t (*image_width)(png_structp png, png_infop info);
static uint32_t (*image_height)(png_structp png, png_infop info);
static void (*set_expand)(png_structp png);
static void (*set_scale_16)(png_structp png);
static void (*set_strip_alpha)(png_structp png);
static void (*set_gray_to_rgb)(png_structp png);
static int (*set_interlace_handling)(png_structp png);
static void (*read_update_info)(png_structp png, png_infop info);
static size_t (*row_bytes)(png_structp png, png_infop info);
static void (*read_row)(png_structp png, uint8_t *row, uint8_t *display_row);

static int is_open;

static void open_library(void) {
  static const char *const names[] = {"libpng16.so.16",
                                      "libpng16.so",
                                      "libpng16.16.dylib",
                                      "/opt/homebrew/lib/libpng16.16.dylib",
                                      "/usr/local/lib/libpng16.16.dylib",
                                      NULL};
  const zi_symbol symbols[] = {
      {"png_create_read_struct", (void **)&create_read},
      {"png_create_info_struct", (void **)&create_info},
      {"png_destroy_read_struct", (void **)&destroy_read},
      {"png_get_error_ptr", (void **)&error_pointer},
      {"png_get_io_ptr", (void **)&io_pointer},
      {"png_set_read_fn", (void **)&set_read},
      {"png_read_info", (void **)&read_info},
      {"png_get_image_width", (void **)&image_width},
      {"png_get_image_height", (void **)&image_height},
      {"png_set_expand", (void **)&set_expand},
      {"png_set_scale_16", (void **)&set_scale_16},
      {"png_set_strip_alpha", (void **)&set_strip_alpha},
      {"png_set_gray_to_rgb", (void **)&set_gray_to_rgb},
      {"png_set_interlace_handling", (void **)&set_interlace_handling},
      {"png_read_update_info", (void **)&read_update_info},
      {"png_get_rowbytes", (void **)&row_bytes},
      {"png_read_row", (void **)&read_row},
      {NULL, NULL}};
  is_open = zi_open_library(names, symbols);
}

int zi_png_is_available(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return is_open;
}

// A file that is being read, and where to go when libpng gives up. It lives in the caller of the
// function that jumps, so that what is in it survives the jump.
typedef struct {
  jmp_buf gave_up;
  png_structp png;
  png_infop info;
  const uint8_t *rest;
  size_t left;
  char *message;
} file_reader;

static void give_up(png_structp png, const char *text) {
  file_reader *reader = error_pointer(png);
  zi_fail(reader->message, text);
  longjmp(reader->gave_up, 1);
}

// Warnings are of what costs no pixels: data beyond the picture's end, for instance.
static void ignore(png_structp png, const char *text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, uint8_t *bytes, size_t count) {
  file_reader *reader = io_pointer(png);
  if (count > reader->left) give_up(png, "the data end too early");
  memcpy(bytes, reader->rest, count);
  reader->rest += count;
  reader->left -= count;
}

// Everything up to the pixels. The library asks for the version it is to be compatible with.
static void begin(file_reader *reader) {
  reader->png = create_read("1.6.0", reader, give_up, ignore);
  reader->info = reader->png ? create_info(reader->png) : NULL;
  if (!reader->info) {
    zi_fail(reader->message, "libpng16 could not be started");
    longjmp(reader->gave_up, 1);
  }
  set_read(reader->png, reader, read_bytes);
  read_info(reader->png, reader->info);
}

static int read_header(file_reader *reader, zi_header *header) {
  if (setjmp(reader->gave_up)) return 0;
  begin(reader);
  *header = (zi_header){.width = image_width(reader->png, reader->info),
                        .height = image_height(reader->png, reader->info)};
  return 1;
}

static int decode(file_reader *reader, uint32_t width, uint32_t height, uint8_t *pixels) {
  if (setjmp(reader->gave_up)) return 0;
  begin(reader);
  png_structp png = reader->png;
  // Palettes and few bits become 8 bits, 16 bits are rounded; no gamma is applied.
  set_expand(png);
  set_scale_16(png);
  set_strip_alpha(png);
  set_gray_to_rgb(png);
  const int passes = set_interlace_handling(png);
  read_update_info(png, reader->info);
  if (image_width(png, reader->info) != width || image_height(png, reader->info) != height ||
      row_bytes(png, reader->info) != (size_t)width * 3)
    give_up(png, "the picture does not have the expected size");
  // Each pass adds its pixels to the rows of those before it.
  for (int pass = 0; pass < passes; ++pass)
    for (uint32_t y = 0; y < height; ++y) read_row(png, pixels + (size_t)y * width * 3, NULL);
  return 1;
}

static void end(file_reader *reader) {
  if (reader->png) destroy_read(&reader->png, &reader->info, NULL);
}

int zi_png_read_header(const uint8_t *file, size_t count, zi_header *header, char *message) {
  if (!zi_png_is_available()) return zi_fail(message, "libpng16 is not on this machine");
  file_reader reader = {.rest = file, .left = count, .message = message};
  const int done = read_header(&reader, header);
  end(&reader);
  return done;
}

int zi_png_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                  uint8_t *pixels, size_t capacity, char *message) {
  if (!zi_png_is_available()) return zi_fail(message, "libpng16 is not on this machine");
  if (!zi_fits(width, height, 3, capacity))
    return zi_fail(message, "there is not enough room for the picture");
  file_reader reader = {.rest = file, .left = count, .message = message};
  const int done = decode(&reader, width, height, pixels);
  end(&reader);
  return done;
}
