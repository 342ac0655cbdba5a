// Starts and stops held at a chosen moment, so that a window of a few instructions is met every
// time.
//
//   Instance& first = StartUntil(stage, 1);   // held right after the first change that it made
//   if (!first.IsHeld()) return false;        // it makes none
//   Instance& second = stage.Start();
//   ...
//   Release(stage, first);
//
// The target is run call by call. A moment is right after a call that did something to the
// safeguard: to the pid file's folder, or to the port.
#pragma once

#include <functional>
#include <vector>

#include "harness/faults/folder_watch.h"
#include "harness/stage/stage.h"

namespace pidfall {

// Held at the `nth` moment of its start-up, or not held where it has fewer. Moments are changes of
// its folder, or what `events` says, and listen.
Instance& StartUntil(Stage& stage, int nth, FolderEvents events = FolderEvents::kChanges,
                     const StartOptions& options = {});
// SIGTERM, and held at the `nth` moment of its end. Moments are touches of its folder, so that a
// lock let go by closing its file is seen, and the port's end.
void StopUntil(Stage& stage, Instance& instance, int nth);
// For the moments 1, 2 and so on, until `at` finds that there is no such moment.
void AtEachMoment(Stage& stage, const std::function<bool(int nth)>& at);

// One that is held, or one that was started with StartOptions::held.
void Release(Stage& stage, Instance& held);

// All are executed, then released at one moment.
std::vector<Instance*> StartTogether(Stage& stage, const std::vector<StartOptions>& options);
// Runs the starts in lock step, from the first call that has to do with the safeguard: `calls`
// system calls each, in turn. The first to listen is held until the rest have decided.
std::vector<Instance*> StartInLockStep(Stage& stage, const std::vector<StartOptions>& options,
                                       int calls);

}  // namespace pidfall
