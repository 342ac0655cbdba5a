/* The C interface, compiled as C. Ends with 0, or with the number of the step that went wrong. */
#define _GNU_SOURCE
#include "guard/guard_c.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char pid_file[64];

static int contend(void) {
  const pid_t child = fork();
  int status = 0;
  if (child == 0) {
    pidfall_instance* second = pidfall_acquire("C Server", pid_file);
    const int named = pidfall_owner(second) == getppid();
    const int ended = pidfall_explain(second, 75);
    _exit(named && !pidfall_acquired(second) ? ended : 1);
  }
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

static int serve_with_a_ready_file(const char* ready_file) {
  struct pidfall_options options = {.name = "C Server", .pid_file = pid_file};
  pidfall_instance* instance;
  int went_well;
  options.ready_when = PIDFALL_READY_SERVING;
  options.ready_file = ready_file;
  instance = pidfall_acquire_with(&options);
  went_well = pidfall_acquired(instance) && access(ready_file, F_OK) != 0;
  went_well = went_well && pidfall_ready(instance) && access(ready_file, F_OK) == 0;
  pidfall_release(instance);
  return went_well && access(ready_file, F_OK) != 0;
}

int main(void) {
  char folder[] = "/tmp/guard-c-test-XXXXXX";
  char ready_file[64];
  const struct pidfall_options nowhere = {
      .name = "C Server", .pid_file = "/nowhere/x.pid", .on_duplicate = PIDFALL_AUTO};
  pidfall_instance* instance;
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(pid_file, sizeof pid_file, "%s/x.pid", folder);
  instance = pidfall_acquire("C Server", pid_file);
  if (!pidfall_acquired(instance)) return 2;
  if (contend() != 75) return 3;
  pidfall_release(instance);
  if (access(pid_file, F_OK) == 0) return 4;
  snprintf(ready_file, sizeof ready_file, "%s/ready", folder);
  if (!serve_with_a_ready_file(ready_file)) return 7;
  instance = pidfall_acquire_with(&nowhere);
  if (pidfall_acquired(instance) || pidfall_reason(instance)[0] == '\0') return 5;
  pidfall_release(instance);
  snprintf(pid_file, sizeof pid_file, "%s/x.pid.lock", folder);
  return unlink(pid_file) == 0 && rmdir(folder) == 0 ? 0 : 6;
}
