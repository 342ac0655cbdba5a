// The first process of a sandbox: it reaps, and ends everything when the harness is gone.
#pragma once

#include <functional>
#include <string>

namespace pidfall {

// In a pid namespace: returns when the director has ended or the harness is gone. The kernel then
// ends whatever is left.
int RunFullInit(int lifeline, const std::function<int()>& director);

// Without namespaces: a subreaper that ends its descendants itself, then removes `folder`.
int RunPlainInit(int lifeline, const std::string& folder, const std::function<int()>& director);

}  // namespace pidfall
