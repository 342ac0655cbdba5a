// The word that somebody may have meant.
//
//   Nearest("launchd-exit-loop", ids)   // "launchd-exit0-loop"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// How many letters to add, drop or change; a swap of two neighbours is one change.
std::size_t EditDistance(std::string_view one, std::string_view other);

// The nearest word, the first of several; empty where `words` is.
std::string Nearest(std::string_view word, const std::vector<std::string>& words);

// The same; empty where more than a third of its letters would have to change.
std::string NearestWithinAThird(std::string_view word, const std::vector<std::string>& words);

}  // namespace pidfall
