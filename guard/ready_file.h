// The file that exists while a copy is ready, for probes that can only look for a file.
//
//   ReadyFile file;
//   RemoveStaleReadyFile("/tmp/ready");                          // what a killed run left
//   if (!file.Publish("/tmp/ready", Children::kInert)) ... errno ...
//   file.Remove();
//
// Its writer keeps it locked, so the kernel knows whether a file is stale, as with the guard's own
// lock: a restarted container has its old files and may have its old pid.
#pragma once

#include <filesystem>

#include "guard/guard.h"
#include "guard/held_locks.h"

namespace pidfall::guard {

// Leaves a file whose writer lives, and anything that is no regular file.
void RemoveStaleReadyFile(const std::filesystem::path& path);

class ReadyFile {
 public:
  // Replaces a file that is there. True also when it is published already.
  bool Publish(const std::filesystem::path& path, Children children);
  // Only if it is still ours.
  void Remove();
  void SetChildren(Children children);

 private:
  std::filesystem::path path_;
  HeldLock held_;
};

}  // namespace pidfall::guard
