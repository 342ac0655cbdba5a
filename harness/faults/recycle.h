// A pid file, or a symlink whose text is the pid, that a killed owner really left, and another
// process with that pid.
//
//   const pid_t number = LeaveFileBehind(stage);
//   Bystander& stranger = GiveToStranger(stage, number);
//   ExpectServes(stage, stage.Start(), "C4", "the pid in the file is a stranger's now");
//   ExpectUntouched(stranger);
//
// In a full sandbox the kernel gives the pid out again. In a plain one other processes use the same
// pids, so the pid of a live process is written into the file instead: evidence says so.
#pragma once

#include <string>

#include "harness/stage/stage.h"

namespace pidfall {

// "the file" or "the symlink", for sentences.
std::string PlaceOfPid(const Target& target);

// Starts an owner, and kills it with all its processes. Returns the pid that it leaves there.
pid_t LeaveFileBehind(Stage& stage, const StartOptions& options = {});

Bystander& GiveToStranger(Stage& stage, pid_t number);
// A program whose command line has the words of the target's, as an editor's with its script.
Child GiveToNamesake(Stage& stage, pid_t number);
// Gives the pid to a second thread: kill(2) takes its id for a pid.
Bystander& GiveToThread(Stage& stage, pid_t number);
// Another instance of the same program, with its own port and pid file.
Instance& GiveToSibling(Stage& stage, pid_t number);
// A start that finds its own pid in the file, as in a restarted container.
Instance& GiveToStarter(Stage& stage, pid_t number);

}  // namespace pidfall
