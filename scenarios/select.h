// The scenarios that a command line asks for.
//
//   for (const Scenario* scenario : Select(Catalogue(), {"stale/*"}, {})) ...
#pragma once

#include <string>
#include <vector>

#include "harness/stage/scenario.h"

namespace pidfall {

// In the order of the catalogue; no glob in `only` means all. As in fnmatch(3), `*` matches `/`
// too. Throws BadInput for a glob that matches nothing, and when nothing is left: a typing error
// must not look like a green run.
std::vector<const Scenario*> Select(const std::vector<Scenario>& catalogue,
                                    const std::vector<std::string>& only,
                                    const std::vector<std::string>& except);

// The output of `--list`; `verbose` adds the harm of a breach.
std::string ListText(const std::vector<const Scenario*>& scenarios, bool verbose);

}  // namespace pidfall
