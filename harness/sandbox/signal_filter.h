// Where there is no pid namespace and no Landlock scope either (before Linux 6.12): a target that
// reads -1 in its pid file and signals that would end every process of the user's.
//
//   if (!LandlockScopesSignals()) ForbidSignalsToAll();   // kill(-1, SIGTERM) gives EPERM
#pragma once

namespace pidfall {

// From now on, for this process and what it starts. Irrevocable. A single stranger's number can
// still be signalled: a filter cannot know whose it is.
void ForbidSignalsToAll();

}  // namespace pidfall
