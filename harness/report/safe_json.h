// How JSON for others is written: a target's output must not steer the terminal that shows the
// file, and a secret of its environment must not be in it.
//
//   return SafeJson(std::move(json));
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace pidfall {

// On several lines, in valid UTF-8, with a line break at its end.
std::string SafeJson(nlohmann::ordered_json json);

}  // namespace pidfall
