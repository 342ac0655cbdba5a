// The signals that a thread takes and a process ignores or handles, by /proc.
#pragma once

#include <sys/types.h>

namespace pidfall {

// The thread is alive and does not block the signal.
bool TakesSignal(pid_t thread, int signal);

// The signal has no effect on the process (SIG_IGN).
bool IgnoresSignal(pid_t pid, int signal);

// The process has a handler for it.
bool CatchesSignal(pid_t pid, int signal);

}  // namespace pidfall
