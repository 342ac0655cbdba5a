// The first process of a sandbox: it reaps, and ends everything when the harness is gone.
#pragma once

#include <functional>
#include <string>

namespace pidfall {

// In the process table this process stands under pidfall's name from now on. It is a copy of the
// harness, whose arguments hold the target's command: a guard that looks for these words (pgrep -f)
// would take it for a running copy.
void WearOwnName();

// In a pid namespace: returns when the director has ended or the harness is gone. The kernel then
// ends whatever is left.
int RunFullInit(int lifeline, const std::function<int()>& director);

// Without namespaces: a subreaper that ends its descendants itself, then removes `folder`.
int RunPlainInit(int lifeline, const std::string& folder, const std::function<int()>& director);

}  // namespace pidfall
