// The first process of a sandbox: it reaps, and ends everything when the harness is gone.
#pragma once

#include <functional>
#include <string>

#include "harness/sandbox/system_log.h"

namespace pidfall {

// From now on the process table shows only pidfall's name for this process. It is a copy of the
// harness, whose arguments hold the target's command: a guard that looks for these words (pgrep -f)
// would take it for a running copy.
void SetProcessTitle();

// Init's exit status where a signal ended the director: this plus the signal's number. Else 0.
inline constexpr int kEndedBySignal = 128;

// In a pid namespace: returns when the director has ended or the harness is gone. The kernel then
// ends all processes that are left. Meanwhile it collects what comes to `log`.
int RunFullInit(int lifeline, const SystemLog& log, const std::function<int()>& director);

// Without namespaces: a subreaper that ends its descendants itself, then removes `folder`.
int RunPlainInit(int lifeline, const std::string& folder, const std::function<int()>& director);

}  // namespace pidfall
