#include "cmessages.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// The functions as mpi.h declares them, in both forms: handles are addresses in Open MPI and in the
// standard of MPI 5 (chapter 20), and numbers in MPICH.
#define CALLS_WITH(handle)                                                                         \
  struct {                                                                                         \
    int (*rank)(handle world, int *rank);                                                          \
    int (*size)(handle world, int *size);                                                          \
    int (*set_errhandler)(handle world, handle errhandler);                                        \
    int (*abort)(handle world, int code);                                                          \
    int (*iallgather)(const void *own, int count, handle type, void *all, int all_count,           \
                      handle all_type, handle world, void *request);                               \
    int (*alltoallv)(const void *out, const int *out_counts, const int *out_places,                \
                     handle out_type, void *in, const int *in_counts, const int *in_places,        \
                     handle in_type, handle world);                                                \
    int (*allgatherv)(const void *own, int count, handle type, void *all, const int *counts,       \
                      const int *places, handle all_type, handle world);                           \
  }
#define HANDLES_AS(handle)                                                                         \
  struct {                                                                                         \
    handle world;                                                                                  \
    handle byte;                                                                                   \
    handle errors_return;                                                                          \
  }

static CALLS_WITH(void *) by_address;
static CALLS_WITH(int) by_number;
static HANDLES_AS(void *) addresses;
static const HANDLES_AS(int) numbers = {0x44000000, 0x4c00010d, 0x54000001};

// These have no handles that are passed by value.
static int (*init_thread)(int *count, char ***words, int wanted, int *provided);
static int (*finalize)(void);
static int (*get_library_version)(char *text, int *length);
static int (*error_string)(int code, char *text, int *length);
static int (*test)(void *request, int *done, void *status);

static enum { abi_open_mpi, abi_mpich, abi_standard } abi;
static char library_text[256];
static int thread_funneled, team_rank, team_size;
// Larger than any of the three have.
static union {
  void *address;
  int number;
} request;
static int status[32];

static int fail(char *message, const char *what, const char *reason) {
  snprintf(message, zm_message_size, "%s: %s", what, reason);
  return 0;
}

static int succeeded(int code, const char *what, char *message) {
  if (code == 0) return 1;
  // Longer than any of them writes.
  char text[8192] = "";
  int length = 0;
  if (error_string(code, text, &length) != 0 || !*text)
    snprintf(text, sizeof text, "error %d", code);
  return fail(message, what, text);
}

typedef struct {
  const char *name;
  void **address;
} wanted_symbol;

static int find_interface(void *library, const char *name, char *message) {
  int major = 0, minor = 0;
  int (*abi_version)(int *, int *) =
      (int (*)(int *, int *))dlsym(library, "MPI_Abi_get_version");
  thread_funneled = 1;
  if (abi_version && abi_version(&major, &minor) == 0 && major > 0) {
    abi = abi_standard;
    thread_funneled = 1024;
    addresses.world = (void *)0x101;
    addresses.byte = (void *)0x247;
    addresses.errors_return = (void *)0x143;
  } else if ((addresses.world = dlsym(library, "ompi_mpi_comm_world"))) {
    abi = abi_open_mpi;
    addresses.byte = dlsym(library, "ompi_mpi_byte");
    addresses.errors_return = dlsym(library, "ompi_mpi_errors_return");
    if (!addresses.byte || !addresses.errors_return)
      return fail(message, name, "it lacks what Open MPI has");
  } else {
    abi = abi_mpich;
  }
  return 1;
}

int zm_open(const char *name, char *message) {
  // Open MPI's own parts look for its symbols among the program's.
  void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    snprintf(message, zm_message_size, "%s", dlerror());
    return 0;
  }
  const wanted_symbol symbols[] = {
      {"MPI_Init_thread", (void **)&init_thread},
      {"MPI_Finalize", (void **)&finalize},
      {"MPI_Get_library_version", (void **)&get_library_version},
      {"MPI_Error_string", (void **)&error_string},
      {"MPI_Test", (void **)&test},
      {"MPI_Comm_rank", (void **)&by_address.rank},
      {"MPI_Comm_size", (void **)&by_address.size},
      {"MPI_Comm_set_errhandler", (void **)&by_address.set_errhandler},
      {"MPI_Abort", (void **)&by_address.abort},
      {"MPI_Iallgather", (void **)&by_address.iallgather},
      {"MPI_Alltoallv", (void **)&by_address.alltoallv},
      {"MPI_Allgatherv", (void **)&by_address.allgatherv},
      {NULL, NULL}};
  for (const wanted_symbol *symbol = symbols; symbol->name; ++symbol)
    if (!(*symbol->address = dlsym(library, symbol->name)))
      return fail(message, name, "it is no MPI library, or one before MPI 3");
  _Static_assert(sizeof by_number == sizeof by_address, "the same functions in both forms");
  memcpy(&by_number, &by_address, sizeof by_number);
  if (!find_interface(library, name, message)) return 0;
  // MPI_MAX_LIBRARY_VERSION_STRING is 256 in Open MPI and 8192 in the others.
  char text[8193] = "";
  int length = 0;
  get_library_version(text, &length);
  text[strcspn(text, "\n")] = 0;
  snprintf(library_text, sizeof library_text, "%.255s", text);
  return 1;
}

const char *zm_library(void) { return library_text; }

int zm_start(char *message) {
  int provided = 0;
  if (!succeeded(init_thread(NULL, NULL, thread_funneled, &provided), "MPI_Init_thread", message))
    return 0;
  int errhandler, rank, size;
  if (abi == abi_mpich) {
    errhandler = by_number.set_errhandler(numbers.world, numbers.errors_return);
    rank = by_number.rank(numbers.world, &team_rank);
    size = by_number.size(numbers.world, &team_size);
  } else {
    errhandler = by_address.set_errhandler(addresses.world, addresses.errors_return);
    rank = by_address.rank(addresses.world, &team_rank);
    size = by_address.size(addresses.world, &team_size);
  }
  return succeeded(errhandler, "MPI_Comm_set_errhandler", message) &&
         succeeded(rank, "MPI_Comm_rank", message) && succeeded(size, "MPI_Comm_size", message);
}

int zm_rank(void) { return team_rank; }
int zm_size(void) { return team_size; }

int zm_begin_round(const void *own, int bytes, void *all, char *message) {
  const int code =
      abi == abi_mpich
          ? by_number.iallgather(own, bytes, numbers.byte, all, bytes, numbers.byte,
                                 numbers.world, &request)
          : by_address.iallgather(own, bytes, addresses.byte, all, bytes, addresses.byte,
                                  addresses.world, &request);
  return succeeded(code, "MPI_Iallgather", message);
}

int zm_is_done(int *done, char *message) {
  return succeeded(test(&request, done, status), "MPI_Test", message);
}

int zm_exchange(const void *out, const int *out_counts, const int *out_places, void *in,
                const int *in_counts, const int *in_places, char *message) {
  const int code =
      abi == abi_mpich
          ? by_number.alltoallv(out, out_counts, out_places, numbers.byte, in, in_counts,
                                in_places, numbers.byte, numbers.world)
          : by_address.alltoallv(out, out_counts, out_places, addresses.byte, in, in_counts,
                                 in_places, addresses.byte, addresses.world);
  return succeeded(code, "MPI_Alltoallv", message);
}

int zm_gather(const void *own, int bytes, void *all, const int *counts, const int *places,
              char *message) {
  const int code = abi == abi_mpich
                       ? by_number.allgatherv(own, bytes, numbers.byte, all, counts, places,
                                              numbers.byte, numbers.world)
                       : by_address.allgatherv(own, bytes, addresses.byte, all, counts, places,
                                               addresses.byte, addresses.world);
  return succeeded(code, "MPI_Allgatherv", message);
}

void zm_abort(int code) {
  if (abi == abi_mpich)
    by_number.abort(numbers.world, code);
  else
    by_address.abort(addresses.world, code);
}

int zm_finish(char *message) { return succeeded(finalize(), "MPI_Finalize", message); }
