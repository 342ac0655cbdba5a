// Makes signals fail with EPERM without a second user, by Landlock's signal scope (Linux 6.12).
#pragma once

namespace pidfall {

// False where PIDFALL_NO_LANDLOCK is set.
bool LandlockScopesSignals();

// From now on this process and its descendants cannot signal a process outside. Irrevocable.
void ForbidSignalsToOthers();

}  // namespace pidfall
