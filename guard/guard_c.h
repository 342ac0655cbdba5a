/* The guard of guard/guard.h for C. The smallest correct program:
 *
 *   #include "guard/guard_c.h"
 *
 *   int main(void) {
 *     pidfall_instance* instance = pidfall_acquire("My Server", "/run/my-server/server.pid");
 *     if (!pidfall_acquired(instance)) return pidfall_explain(instance, 0);
 *     ... serve ...
 *     pidfall_release(instance);
 *   }
 *
 * A function reports a failure only by its result. Only pidfall_acquire may give NULL, when memory
 * is out, and every function takes that NULL as "not acquired".
 */
#ifndef PIDFALL_GUARD_GUARD_C_H_
#define PIDFALL_GUARD_GUARD_C_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pidfall_instance pidfall_instance;

/* A contender's behaviour when an owner lives; guard.h explains each of these. */
/* NOLINTBEGIN(readability-identifier-naming): C names */
enum pidfall_on_duplicate { PIDFALL_EXIT, PIDFALL_WAIT, PIDFALL_TAKE_OVER, PIDFALL_AUTO };
/* When this copy counts as ready. */
enum pidfall_ready_when {
  PIDFALL_READY_UNTOLD,
  PIDFALL_READY_SERVING,
  PIDFALL_READY_OWNER,
  PIDFALL_READY_STANDING_BY
};
/* NOLINTEND(readability-identifier-naming) */

/* Ends with PIDFALL_EXIT at once when an owner lives. */
pidfall_instance* pidfall_acquire(const char* name, const char* pid_file);

/* A member that is left out means the same as in pidfall_acquire. */
struct pidfall_options { /* NOLINT(readability-identifier-naming) */
  const char* name;
  const char* pid_file;
  enum pidfall_on_duplicate on_duplicate;
  enum pidfall_ready_when ready_when;
  const char* ready_file; /* NULL: none */
};
pidfall_instance* pidfall_acquire_with(const struct pidfall_options* options);

int pidfall_acquired(const pidfall_instance* instance);
/* It serves; 0 when that could not be told, see guard.h. */
int pidfall_ready(pidfall_instance* instance);
/* The pid of the owner that keeps us out, 0 when that is not known. */
pid_t pidfall_owner(const pidfall_instance* instance);
/* Why it was not acquired, in words; valid until the release. */
const char* pidfall_reason(const pidfall_instance* instance);
/* Prints on standard output why it was not acquired, and gives the exit status. */
int pidfall_explain(const pidfall_instance* instance, int duplicate_status);
/* Lets the next instance in and frees everything. */
void pidfall_release(pidfall_instance* instance);

#ifdef __cplusplus
}
#endif

#endif /* PIDFALL_GUARD_GUARD_C_H_ */
