#include "library.h"

#include <pthread.h>

// The TurboJPEG API, version 2, as turbojpeg.h declares it; libraries of version 3 still have it.
typedef void *tjhandle;

enum {
  tjpf_rgb = 0,
  tjcs_cmyk = 3,
  tjcs_ycck = 4,
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

static int read_header(tjhandle handle, const uint8_t *file, size_t count, zi_header *header,
                       char *message) {
  int width, height, subsampling, colorspace;
  if (decompress_header(handle, file, count, &width, &height, &subsampling, &colorspace) != 0)
    return zi_fail(message, error_text(handle));
  *header = (zi_header){.width = (uint32_t)width,
                        .height = (uint32_t)height,
                        .is_cmyk = colorspace == tjcs_cmyk || colorspace == tjcs_ycck};
  return 1;
}

int zi_jpeg_read_header(const uint8_t *file, size_t count, zi_header *header, char *message) {
  tjhandle handle = begin(message);
  if (!handle) return 0;
  const int done = read_header(handle, file, count, header, message);
  destroy(handle);
  return done;
}

int zi_jpeg_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                   uint8_t *pixels, size_t capacity, char *message) {
  tjhandle handle = begin(message);
  if (!handle) return 0;
  zi_header header;
  int done = read_header(handle, file, count, &header, message);
  if (done && (header.width != width || header.height != height ||
               !zi_fits(width, height, 3, capacity)))
    done = zi_fail(message, "the picture does not have the expected size");
  if (done && decompress(handle, file, count, pixels, (int)width, 0, (int)height, tjpf_rgb,
                         tjflag_stop_on_warning | tjflag_limit_scans) != 0)
    done = zi_fail(message, error_text(handle));
  destroy(handle);
  return done;
}
