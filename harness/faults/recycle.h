// A pid file that a killed owner really left, and its number in other hands.
//
//   const pid_t number = LeaveFileBehind(stage);
//   Bystander& stranger = GiveToStranger(stage, number);
//   ExpectServes(stage, stage.Start(), "C4", "the pid in the file is a stranger's now");
//   ExpectUntouched(stranger);
//
// In a full sandbox the kernel hands the number out again. In a plain one other processes draw on
// the same numbers, so the number of a live process is written over it: evidence says so.
#pragma once

#include "harness/stage/stage.h"

namespace pidfall {

// An owner is started, and killed with all it started. The number that its file gives.
pid_t LeaveFileBehind(Stage& stage, const StartOptions& options = {});

Bystander& GiveToStranger(Stage& stage, pid_t number);
// Of a second thread: kill(2) takes it for a pid.
Bystander& GiveToThread(Stage& stage, pid_t number);
// Another instance of the same program, with its own port and pid file.
Instance& GiveToSibling(Stage& stage, pid_t number);
// A start that finds its own number in the file, as in a restarted container.
Instance& GiveToStarter(Stage& stage, pid_t number);

}  // namespace pidfall
