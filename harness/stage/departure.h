// After the owner's end: what is left of it on its port.
//
//   stage.Kill(owner);
//   ExpectNoIdleHolder(stage, owner);
//
// An idle holder is a process that inherited the listening socket and never accepts a client, as a
// helper does that was started without closing it. A worker that accepts is none.
#pragma once

#include <optional>

#include "harness/stage/stage.h"

namespace pidfall {

// To be called once the owner's main process has ended. Asks the port by a client of its own.
std::optional<ProcessInfo> IdleHolder(Stage& stage, const Instance& owner);

// C13: the next start may end an idle holder; else it is a breach that names it.
void ExpectNoIdleHolder(Stage& stage, const Instance& owner);

}  // namespace pidfall
