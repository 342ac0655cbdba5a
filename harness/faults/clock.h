// Another clock, as a target sees it: the machine's own clock is never changed.
//
//   ShowInstead(stage, "/proc/sys/kernel/random/boot_id", "2d6ca1a5-...\n");
//   ShowLaterBootTime(stage, std::chrono::hours(1));
#pragma once

#include <chrono>
#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// Shows `text` in place of a file of /proc. Skip without a full sandbox.
void ShowInstead(Stage& stage, const std::string& proc_path, const std::string& content);
// In /proc/stat, from which the start times of processes are counted: a step of the clock moves it.
void ShowLaterBootTime(Stage& stage, std::chrono::seconds by);
// The lease has to run out: time itself is the fault.
void LetTimePass(Stage& stage, Duration time);
// Moves the times of all files of the safeguard.
void ShiftFileTimes(Stage& stage, std::chrono::seconds shift);

}  // namespace pidfall
