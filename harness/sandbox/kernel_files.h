// The kernel's own files: /proc, /sys and the like belong to the whole machine, and root in a
// sandbox is root to them: their modes ask for the user id outside, which is the same. So they are
// read-only there, but for what is private to it: its processes and the settings of its network.
//
//   MountProc();                                      // after the fork into the pid namespace
//   for (const auto& path : KernelMounts()) MakeReadOnly(path);
//
// Root that mounts such a file system anew can write to it: that is done on purpose, never by a
// safeguard, and nothing short of taking rights away that it has outside would prevent it.
#pragma once

#include <string>

namespace pidfall {

// A fresh /proc below `root`, of this pid namespace: after the fork into it, or it would show the
// pids outside.
void MountProc(const std::string& root = "");
// Nothing of it read-only.
void MountBareProc();

// The same for the first process of a pid and a mount namespace.
void MountOwnProc();

// All that is mounted at and below `path`; devices there cannot be opened either.
void MakeReadOnly(const std::string& path);

}  // namespace pidfall
