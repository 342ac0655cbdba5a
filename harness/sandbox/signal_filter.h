// For machines without a pid namespace and without Landlock's scope (before Linux 6.12): there a
// target that reads -1 in its pid file and signals it would end every process of the user.
//
//   if (!LandlockScopesSignals()) ForbidSignalsToAll();   // kill(-1, SIGTERM) gives EPERM
#pragma once

namespace pidfall {

// From now on, for this process and its descendants. Irrevocable. A single stranger can still be
// signalled: a filter cannot know which process has a pid.
void ForbidSignalsToAll();

}  // namespace pidfall
