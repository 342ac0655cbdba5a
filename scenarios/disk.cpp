// No file can be written or opened any more.
#include "harness/faults/disk.h"

#include "harness/faults/pid_file.h"
#include "harness/stage/impaired_start.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"
#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// A target that needs other files of that folder cannot be judged here.
void MountDisk(Stage& stage) {
  MountSmallDisk(stage);
  Instance& first = stage.Start();
  if (Settle(stage, first) != Outcome::kServes) {
    throw NotApplicable("it does not start with an empty folder for its pid file: " +
                        first.FirstLines());
  }
  stage.KillTree(first);
  if (stage.target().pid_file) RemoveSafeguard(stage);
}

void Full(Stage& stage) {
  MountDisk(stage);
  FillDisk(stage);
  ImpairedStart start(
      stage,
      {.clause = "C8", .what = "the disk is full", .names = stage.folder(), .cause = ENOSPC});
  start.ExpectFailsClosed();
  FreeDisk(stage);
  start.ExpectNextServes();
}

constexpr Scenario kFull{
    "disk/full",
    "C8",
    "The disk is full: the start serves guarded, or fails as a failure.",
    "An empty pid file blocks every later start, or the server runs unguarded.",
    Full,
    part::kNone,
    need::kNamespaces};

void ReadOnly(Stage& stage) {
  MountDisk(stage);
  MakeDiskReadOnly(stage);
  ImpairedStart start(
      stage,
      {.clause = "C8", .what = "the disk is read-only", .names = stage.folder(), .cause = EROFS});
  start.ExpectFailsClosed();
  MakeDiskWritable(stage);
  start.ExpectNextServes();
}

constexpr Scenario kReadOnly{
    "disk/read-only",
    "C8",
    "The disk is read-only: the start serves guarded, or fails as a failure.",
    "After a disk error the server runs unguarded, or ends as a quiet duplicate.",
    ReadOnly,
    part::kNone,
    need::kNamespaces};

// Three descriptors are open at the start. Each limit stops a start at another step; the search
// ends with the first limit under which it serves.
void NoDescriptors(Stage& stage) {
  constexpr rlim_t kFirst = 3, kLast = 64;
  for (rlim_t limit = kFirst; limit <= kLast; ++limit) {
    ImpairedStart start(stage, {.clause = "C8",
                                .what = "only " + std::to_string(limit) + " descriptors are left",
                                .names = "",
                                .start = {.most_files = limit}});
    start.ExpectFailsClosed();
    const bool served = !Serving(stage).empty();
    const bool is_last = served || limit == kLast;
    if (is_last || start.CrashedWithFilesLeft()) start.ExpectNextServes();
    if (is_last) return;
    stage.EndAll();
  }
}

constexpr Scenario kNoDescriptors{
    "disk/no-descriptors", "C8",
    "With every small limit on descriptors the start serves guarded, or fails as a failure.",
    "Out of descriptors, the guard cannot look, and the server runs unguarded.", NoDescriptors};

constexpr Scenario kFamily[] = {kFull, kReadOnly, kNoDescriptors};

}  // namespace

std::span<const Scenario> DiskFamily() { return kFamily; }

}  // namespace pidfall
