// Nothing can be written any more, or opened.
#include <sys/resource.h>

#include <cerrno>
#include <string>

#include "harness/stage/hindered.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// A target that needs more of that folder than its pid file shows nothing.
void MountDisk(Stage& stage) {
  stage.MountSmallDisk();
  Instance& first = stage.Start();
  if (stage.Settle(first) != Outcome::kServes) {
    throw NotApplicable("it does not start with an empty folder for its pid file: " +
                        first.FirstLines());
  }
  stage.KillTree(first);
  if (stage.target().pid_file) stage.RemoveSafeguard();
}

void Full(Stage& stage) {
  MountDisk(stage);
  stage.FillDisk();
  Hindered start(
      stage,
      {.clause = "C8", .what = "the disk is full", .names = stage.folder(), .cause = ENOSPC});
  start.ExpectClosed();
  stage.FreeDisk();
  start.ExpectNextServes();
}

void ReadOnly(Stage& stage) {
  MountDisk(stage);
  stage.MakeDiskReadOnly();
  Hindered start(
      stage,
      {.clause = "C8", .what = "the disk is read-only", .names = stage.folder(), .cause = EROFS});
  start.ExpectClosed();
  stage.MakeDiskWritable();
  start.ExpectNextServes();
}

// Three are given at the start. Each limit stops a start at another of its steps; the first one it
// serves with ends the search.
void NoDescriptors(Stage& stage) {
  constexpr rlim_t kFirst = 3, kLast = 64;
  for (rlim_t limit = kFirst; limit <= kLast; ++limit) {
    Hindered start(stage, {.clause = "C8",
                           .what = "only " + std::to_string(limit) + " descriptors are left",
                           .names = "",
                           .start = {.most_files = limit}});
    start.ExpectClosed();
    const bool served = !stage.Serving().empty();
    if (served || limit == kLast) return start.ExpectNextServes();
  }
}

constexpr Scenario kFamily[] = {
    {"disk/full", "C8", "The disk is full: the start serves guarded, or fails as a failure.",
     "An empty pid file blocks every later start, or the server runs unguarded.", Full},
    {"disk/read-only", "C8",
     "The disk is read-only: the start serves guarded, or fails as a failure.",
     "After a disk error the server runs unguarded, or ends as a quiet duplicate.", ReadOnly},
    {"disk/no-descriptors", "C8",
     "With every small limit on descriptors the start serves guarded, or fails as a failure.",
     "Out of descriptors, the guard cannot look, and the server runs unguarded.", NoDescriptors},
};

}  // namespace

std::span<const Scenario> DiskFamily() { return kFamily; }

}  // namespace pidfall
