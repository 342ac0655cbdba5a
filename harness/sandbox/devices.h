// The few devices of a sandbox: those that are the same for every program, and terminals of its
// own. The machine's disks, logs and watchdogs, which root could open, are left out.
#pragma once

#include <map>
#include <string>

namespace pidfall {

// Fills the empty folder `dev`. Returns the symlinks made there, by their paths under /dev, with
// their destinations.
std::map<std::string, std::string> MakeDevices(const std::string& dev);

// The same over the machine's /dev, built in `base` (an existing folder). The machine's /dev/shm
// stays in place.
void ReplaceDevices(const std::string& base);

}  // namespace pidfall
