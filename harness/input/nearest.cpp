#include "harness/input/nearest.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace pidfall {

// Row by row of the usual table; `row[j]` is the distance to the first j letters of `other`,
// `above` the row before, and `two_above` the one before that, where a swap begins.
std::size_t EditDistance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> above = row, two_above = row;
  for (std::size_t i = 0; i < one.size(); ++i) {
    two_above = std::exchange(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t changed = above[j] + (one[i] == other[j] ? 0 : 1);
      row[j + 1] = std::min({changed, row[j] + 1, above[j + 1] + 1});
      const bool is_swap = i > 0 && j > 0 && one[i] == other[j - 1] && one[i - 1] == other[j];
      if (is_swap) row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return row.back();
}

std::string Nearest(std::string_view word, const std::vector<std::string>& words) {
  std::string nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : words) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string NearestWithinAThird(std::string_view word, const std::vector<std::string>& words) {
  const std::string nearest = Nearest(word, words);
  return 3 * EditDistance(word, nearest) <= nearest.size() ? nearest : "";
}

}  // namespace pidfall
