// What a scenario leaves behind, kept for people to look at (--keep).
//
//   sandbox.outside = MakeKeptFolder();   // before the sandbox is made
//   KeepFiles(world);                     // inside it, when the story is over
#pragma once

#include <string>

#include "harness/sandbox/sandbox.h"

namespace pidfall {

// A new folder below $TMPDIR. Throws std::system_error.
std::string MakeKeptFolder();

// Copies to World::outside: the sandbox's own folder to `stage`, and what was written at other
// places to `machine`, each below its own path. A FIFO, a socket or a device stays behind.
void KeepFiles(const World& world);

}  // namespace pidfall
