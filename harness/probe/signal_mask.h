// Which signals a thread takes, by /proc.
#pragma once

#include <sys/types.h>

namespace pidfall {

// The thread is alive and does not block the signal.
bool TakesSignal(pid_t thread, int signal);

}  // namespace pidfall
