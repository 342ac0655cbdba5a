// Starts and stops held at a chosen moment, so that a race of a few instructions happens every
// time.
//
//   Instance& first = StartUntil(stage, 1);   // held right after the first change that it made
//   if (!first.IsHeld()) return false;        // it makes none
//   Instance& second = stage.Start();
//   ...
//   Release(stage, first);
//
// The target is run call by call. A moment (moment_search.h) is before or after a call that touches
// the safeguard: its files, by any path, or the port.
#pragma once

#include <functional>

#include "harness/faults/moment_search.h"
#include "harness/stage/stage.h"

namespace pidfall {

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

}  // namespace pidfall
