// The few devices that a sandbox has: those that are the same for everybody, and terminals of its
// own. The machine's disks, logs and watchdogs are left out, which root could open.
#pragma once

#include <map>
#include <string>

namespace pidfall {

// Fills the empty folder `dev`. Returns the symlinks made there, by their paths once it is /dev,
// and where to.
std::map<std::string, std::string> MakeDevices(const std::string& dev);

// The same over the machine's /dev, by way of `base` (an existing folder). What is written below
// /dev/shm stays outside.
void ReplaceDevices(const std::string& base);

}  // namespace pidfall
