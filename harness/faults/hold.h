// Starts and stops held at a chosen moment, so that a race of a few instructions happens every
// time.
//
//   Instance& first = StartUntil(stage, 1);   // held right after the first change that it made
//   if (!first.IsHeld()) return false;        // it makes none
//   Instance& second = stage.Start();
//   ...
//   Release(stage, first);
//
// The target is run call by call. A moment is before or after a call that touches the safeguard
// (guard_calls.h): its files, by any path, or the port.
#pragma once

#include <functional>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

// The moments that count. Those after listen always count, too.
enum class Moments {
  kNewFiles,  // after something was created, or renamed into place
  kChanges,   // after any change of the safeguard's files
  kChecks,    // the same; and before each change that a check may have led to, and after a lock
  kTouches,   // after changes, and after a file was opened or closed
};

// Held at the `nth` moment of its start-up, or not held where it has fewer.
Instance& StartUntil(Stage& stage, int nth, Moments moments = Moments::kChanges,
                     const StartOptions& options = {});
// Sends SIGTERM, and holds it at the `nth` moment of its end. Moments are touches, so that the
// release of a lock by a close is noticed, and the close of the port.
void StopUntil(Stage& stage, Instance& instance, int nth);
// Calls `at` for the moments 1, 2 and so on, until it returns false: there is no such moment.
void AtEachMoment(Stage& stage, const std::function<bool(int nth)>& at);

// Releases a start that is held, or that was started with StartOptions::held.
void Release(Stage& stage, Instance& held);

// All execute their program, then all are released at one moment.
std::vector<Instance*> StartTogether(Stage& stage, const std::vector<StartOptions>& options);
// Runs the starts in lock step, from the first call that touches the safeguard: `calls` such calls
// each, in turn. The first to listen is held until the rest have decided. C2: a start whose
// listen() fails decides, too.
std::vector<Instance*> StartInLockStep(Stage& stage, const std::vector<StartOptions>& options,
                                       int calls);

}  // namespace pidfall
