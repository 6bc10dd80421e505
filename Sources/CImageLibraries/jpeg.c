#include "library.h"

#include <pthread.h>

// The TurboJPEG API, version 2, as turbojpeg.h declares it; libraries of version 3 still have it.
typedef void *tjhandle;

enum {
  tjpf_rgb = 0,
  // What the library only warns of is damage too: it fills what is missing with grey.
  tjflag_stop_on_warning = 8192,
  // Since 2.1; older libraries ignore it.
  tjflag_limit_scans = 32768,
};

static tjhandle (*init_decompress)(void);
static int (*decompress_header)(tjhandle handle, const unsigned char *file, unsigned long count,
                                int *width, int *height, int *subsampling, int *colorspace);
static int (*decompress)(tjhandle handle, const unsigned char *file, unsigned long count,
                         unsigned char *pixels, int width, int pitch, int height, int format,
                         int flags);
static int (*destroy)(tjhandle handle);
static char *(*error_text)(tjhandle handle);

static int is_open;

static void open_library(void) {
  static const char *const names[] = {"libturbojpeg.so.0",
                                      "libturbojpeg.so",
                                      "libturbojpeg.0.dylib",
                                      "/opt/homebrew/lib/libturbojpeg.0.dylib",
                                      "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.0.dylib",
                                      "/usr/local/lib/libturbojpeg.0.dylib",
                                      "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.0.dylib",
                                      NULL};
  const zi_symbol symbols[] = {{"tjInitDecompress", (void **)&init_decompress},
                               {"tjDecompressHeader3", (void **)&decompress_header},
                               {"tjDecompress2", (void **)&decompress},
                               {"tjDestroy", (void **)&destroy},
                               {"tjGetErrorStr2", (void **)&error_text},
                               {NULL, NULL}};
  is_open = zi_open_library(names, symbols);
}

int zi_jpeg_is_available(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return is_open;
}

static tjhandle begin(char *message) {
  if (!zi_jpeg_is_available()) {
    zi_fail(message, "libturbojpeg is not on this machine");
    return NULL;
  }
  tjhandle handle = init_decompress();
  if (!handle) zi_fail(message, error_text(NULL));
  return handle;
}

int zi_jpeg_read_header(const uint8_t *file, size_t count, zi_header *header, char *message) {
  tjhandle handle = begin(message);
  if (!handle) return 0;
  int width = 0, height = 0, subsampling, colorspace;
  // The library has no name for rare samplings and reports those as a fault here, though it decodes
  // them; by then it has told the size.
  const int status =
      decompress_header(handle, file, count, &width, &height, &subsampling, &colorspace);
  const int done = (status == 0 || (width > 0 && height > 0)) ||
                   zi_fail(message, error_text(handle));
  if (done) *header = (zi_header){.width = (uint32_t)width, .height = (uint32_t)height};
  destroy(handle);
  return done;
}

// How many bytes the library complains of between the picture and its end marker; 0 where it
// complains of something else.
static size_t padding_named(const char *text) {
  unsigned bytes;
  char end;
  const char *const format = "Corrupt JPEG data: %u extraneous bytes before marker 0xd%c";
  return sscanf(text, format, &bytes, &end) == 2 && end == '9' ? bytes : 0;
}

int zi_jpeg_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                   uint8_t *pixels, size_t capacity, size_t *padding, char *message) {
  *padding = 0;
  if (!zi_fits(width, height, 3, capacity))
    return zi_fail(message, "there is not enough room for the picture");
  zi_header header;
  if (!zi_jpeg_read_header(file, count, &header, message)) return 0;
  if (header.width != width || header.height != height)
    return zi_fail(message, "the picture does not have the expected size");
  tjhandle handle = begin(message);
  if (!handle) return 0;
  const int done = decompress(handle, file, count, pixels, (int)width, 0, (int)height, tjpf_rgb,
                              tjflag_stop_on_warning | tjflag_limit_scans) == 0;
  if (!done) {
    zi_fail(message, error_text(handle));
    *padding = padding_named(message);
  }
  destroy(handle);
  return done;
}
