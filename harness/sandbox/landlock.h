// EPERM without a second user: Landlock's signal scope (Linux 6.12).
#pragma once

namespace pidfall {

// PIDFALL_NO_LANDLOCK hides it.
bool LandlockScopesSignals();

// From now on this process and what it starts can signal nobody outside. Irrevocable.
void ForbidSignalsToOthers();

}  // namespace pidfall
