// The files of a scenario, kept for people to look at (--keep).
//
//   sandbox.outside = MakeKeptFolder();   // before the sandbox is made
//   KeepFiles(world);                     // inside it, when the story is over
#pragma once

#include <string>

#include "harness/sandbox/sandbox.h"

namespace pidfall {

// A new folder below $TMPDIR. Throws std::system_error.
std::string MakeKeptFolder();

// Copies to World::outside: the sandbox's own folder to `stage`, and files written at other places
// to `machine`, each under its own path. FIFOs, sockets and devices are not copied.
void KeepFiles(const World& world);

}  // namespace pidfall
