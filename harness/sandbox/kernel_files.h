// The kernel's own files. /proc, /sys and others belong to the whole machine, and root in a sandbox
// is root to them: their modes check the user id outside, which is the same. So they are read-only
// in a sandbox, except for its private parts: its processes and the settings of its network.
//
//   MountProc();                                      // after the fork into the pid namespace
//   for (const auto& path : KernelMounts()) MakeReadOnly(path);
//
// Root can mount such a file system anew and write to it. No safeguard does that, and only a loss
// of rights that it has outside would prevent it.
#pragma once

#include <string>

namespace pidfall {

// A fresh /proc below `root` for this pid namespace. Call it after the fork into the namespace:
// before, it would show the pids outside.
void MountProc(const std::string& root = "");
// The same, with no part read-only.
void MountBareProc();

// MountProc() for the first process of a pid and a mount namespace.
void MountOwnProc();

// All mounts at and below `path`; devices there cannot be opened either.
void MakeReadOnly(const std::string& path);

}  // namespace pidfall
