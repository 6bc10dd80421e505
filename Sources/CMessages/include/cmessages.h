// Bytes between the programs of a team through MPI, which is opened when it is needed: neither a library
// nor its headers are needed to build, and a machine without one loses only this.
// Open MPI's, MPICH's and the MPI 5 standard's binary interfaces are known; which one a library has is
// found out. All functions are to be called from one thread. Those with a `message` return 1, or 0 with
// a reason in it.
#ifndef CMESSAGES_H
#define CMESSAGES_H

/// The room that `message` parameters need.
enum { zm_message_size = 512 };

/// Opens a library, by name or path; it stays open.
int zm_open(const char *library, char *message);
/// What the open library calls itself, one line.
const char *zm_library(void);

/// Joins the others that the launcher has started.
int zm_start(char *message);
/// Which one this is, from 0, and how many there are.
int zm_rank(void);
int zm_size(void);

/// Begins to give `bytes` bytes to all, and to take as many of each, in order; `all` must stay until
/// `zm_is_done` says so.
int zm_begin_round(const void *own, int bytes, void *all, char *message);
/// Whether everybody's bytes have come; `*done` is 1 or 0.
int zm_is_done(int *done, char *message);

/// Sends part q of `out` to rank q, and takes one part of each. Counts and places are in bytes.
int zm_exchange(const void *out, const int *out_counts, const int *out_places, void *in,
                const int *in_counts, const int *in_places, char *message);
/// Gives `bytes` bytes to all, and takes `counts` of each.
int zm_gather(const void *own, int bytes, void *all, const int *counts, const int *places,
              char *message);

/// Ends the programs of the team, this one with them.
void zm_abort(int code);
/// Leaves the team, when all do.
int zm_finish(char *message);

#endif
