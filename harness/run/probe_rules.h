// The rules for a probing start: what it must not do, and what its outcome means for the user.
//
//   RefuseToHarm(target);                // before it
//   const Found found = Discover(target);
//   RefuseOtherPidFile(target, found);   // after it
#pragma once

#include <string>

#include "harness/target/found.h"
#include "harness/target/target.h"

namespace pidfall {

// Without namespaces the real files and ports would be faulted, unless the sandbox chooses them.
// Throws BadInput.
void RefuseToHarm(const Target& target);

// The pid file that the user named is not the server's: every verdict would be about another file.
// Throws BadInput.
void RefuseOtherPidFile(const Target& asked, const Found& found);

// For a server that never served: it usually says itself what it misses. Empty: nothing is known.
std::string HintOnMissing(const Target& target, const Found& found);

}  // namespace pidfall
