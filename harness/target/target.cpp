#include "harness/target/target.h"

#include <algorithm>

namespace pidfall {

bool Mentions(const std::vector<std::string>& command, const std::string& placeholder) {
  return std::any_of(command.begin(), command.end(), [&](const std::string& word) {
    return word.find(placeholder) != std::string::npos;
  });
}

}  // namespace pidfall
