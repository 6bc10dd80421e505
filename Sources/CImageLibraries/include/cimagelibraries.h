// PNG and JPEG files through the system's libpng16 and libturbojpeg.
// Both are opened when first needed, so neither they nor their headers are needed to build, and a
// machine without them loses only this. Every function may be called from any thread.
#ifndef CIMAGELIBRARIES_H
#define CIMAGELIBRARIES_H

#include <stddef.h>
#include <stdint.h>

/// The room that `message` parameters need.
enum { zi_message_size = 256 };

/// What a file says about itself before its pixels.
typedef struct {
  uint32_t width, height;
} zi_header;

/// 1 when the library is on this machine.
int zi_png_is_available(void);
int zi_jpeg_is_available(void);

/// Reads the header of a file in memory. Returns 1, or 0 with a reason in `message`.
int zi_png_read_header(const uint8_t *file, size_t count, zi_header *header, char *message);
int zi_jpeg_read_header(const uint8_t *file, size_t count, zi_header *header, char *message);

/// Decodes a file to red, green and blue of 8 bits; alpha is dropped. `pixels` has `capacity` bytes
/// for rows without gaps; a file that does not have exactly this `width` and `height`, or needs more
/// room, is refused. Returns 1, or 0 with a reason in `message` and `pixels` undefined.
int zi_png_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                  uint8_t *pixels, size_t capacity, char *message);

/// The same. What the library only warns of is refused too. `padding` becomes the number of bytes
/// too many before the end marker where the file was refused for those, and 0 otherwise.
int zi_jpeg_decode(const uint8_t *file, size_t count, uint32_t width, uint32_t height,
                   uint8_t *pixels, size_t capacity, size_t *padding, char *message);

#endif
