// The processes of an owner that still hold its port after its end.
//
//   stage.Kill(owner);
//   ExpectNoIdleHolder(stage, owner);
//
// An idle holder is a process that inherited the listening socket and never accepts a client: a
// helper that was started without closing the socket, for example. A worker accepts, so it is none.
#pragma once

#include <optional>

#include "harness/stage/stage.h"

namespace pidfall {

// To be called once the owner's main process has ended. Connects a client of its own to the port.
std::optional<ProcessInfo> IdleHolder(Stage& stage, const Instance& owner);

// C13: the next start may end an idle holder; else it is a breach that names it.
void ExpectNoIdleHolder(Stage& stage, const Instance& owner);

}  // namespace pidfall
