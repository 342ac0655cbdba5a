// --status and --stop: they ask the kernel which process holds the lock, and never take it.
#pragma once

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

int ShowStatus(const Settings& settings);  // the LSB's statuses: 0 runs, 1 dead, 3 stopped
int StopOwner(const Settings& settings);

}  // namespace pidfall::zoo
