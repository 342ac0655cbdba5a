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

int main(void) {
  char folder[] = "/tmp/guard-c-test-XXXXXX";
  pidfall_instance* instance;
  if (mkdtemp(folder) == NULL) return 1;
  snprintf(pid_file, sizeof pid_file, "%s/x.pid", folder);
  instance = pidfall_acquire("C Server", pid_file);
  if (!pidfall_acquired(instance)) return 2;
  if (contend() != 75) return 3;
  pidfall_release(instance);
  if (access(pid_file, F_OK) == 0) return 4;
  instance = pidfall_acquire_or("C Server", "/nowhere/x.pid", PIDFALL_AUTO);
  if (pidfall_acquired(instance) || pidfall_reason(instance)[0] == '\0') return 5;
  pidfall_release(instance);
  snprintf(pid_file, sizeof pid_file, "%s/x.pid.lock", folder);
  return unlink(pid_file) == 0 && rmdir(folder) == 0 ? 0 : 6;
}
