// The sockets that some processes listen on.
//
//   for (const Listener& listener : ListenersOf(instance.Processes())) ...
#pragma once

#include <sys/types.h>

#include <vector>

#include "harness/target/found.h"

namespace pidfall {

// Each address once, however many of them hold it.
std::vector<Listener> ListenersOf(const std::vector<pid_t>& processes);

}  // namespace pidfall
