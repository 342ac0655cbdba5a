// The events of an incident file. Included by its readers only.
//
//   const Event event = ReadEvent(table, actors);   // { at = "1min", do = "kill agent" }
#pragma once

#include <string>
#include <vector>

#include "harness/input/toml_table.h"
#include "harness/simulation/simulation.h"

namespace pidfall {

// Throws BadInput. `actors` are those of the incident, with the policies of the variant.
Event ReadEvent(TomlTable& table, const std::vector<Actor>& actors);

}  // namespace pidfall
