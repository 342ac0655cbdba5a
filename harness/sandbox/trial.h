// Tries something in new namespaces, and gives the reason where that fails.
//
//   std::string obstacle = TryInNamespaces({CLONE_NEWNET}, BringLoopbackUp);   // "" when it worked
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace pidfall {

struct Trial {
  uint64_t namespaces = 0;  // beside a user namespace
  std::optional<uid_t> second_user = {};
};

// `body` runs with all capabilities in there, as the first process of a new pid namespace. The text
// of its exception is the answer.
std::string TryInNamespaces(const Trial& trial, const std::function<void()>& body);

}  // namespace pidfall
