// What both libraries share: how one is opened, and how a reason is handed back.
#ifndef ZI_LIBRARY_H
#define ZI_LIBRARY_H

#include "cimagelibraries.h"

#include <dlfcn.h>
#include <stdio.h>

/// A function that is wanted from a library, and where its address goes.
typedef struct {
  const char *name;
  void **address;
} zi_symbol;

/// Opens the first library of `names` that has all of `symbols`; both lists end in NULL. It stays
/// open. Returns 1, or 0 when there is none.
static inline int zi_open_library(const char *const *names, const zi_symbol *symbols) {
  for (; *names; ++names) {
    void *library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
    if (!library) continue;
    const zi_symbol *symbol = symbols;
    while (symbol->name && (*symbol->address = dlsym(library, symbol->name))) ++symbol;
    if (!symbol->name) return 1;
    dlclose(library);
  }
  return 0;
}

/// Leaves a reason and returns 0.
static inline int zi_fail(char *message, const char *reason) {
  snprintf(message, zi_message_size, "%s", reason);
  return 0;
}

/// 1 when rows of `width` pixels fit `capacity` bytes; the product cannot overflow 64 bits.
static inline int zi_fits(uint32_t width, uint32_t height, unsigned channels, size_t capacity) {
  return (uint64_t)width * height <= (uint64_t)capacity / channels;
}

#endif
