// Another clock, as a target sees it: the machine's own clock is never changed.
//
//   ShowInstead(stage, "/proc/sys/kernel/random/boot_id", "2d6ca1a5-...\n");
#pragma once

#include <chrono>
#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// Shows `text` in place of a file of /proc. Skip without a full sandbox.
void ShowInstead(Stage& stage, const std::string& proc_path, const std::string& content);
// Of all files of the safeguard.
void ShiftFileTimes(Stage& stage, std::chrono::seconds shift);

}  // namespace pidfall
