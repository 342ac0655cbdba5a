// A service script of OpenRC. One that gives a time with a unit is for a version later than 0.45.2,
// and gets the rules of that.
//
//   auto policy = ReadOpenrcScript("/etc/init.d/web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/supervisor/policy.h"

namespace pidfall {

// The file of the same name in ../conf.d, or NAME.confd beside it, is read first.
std::unique_ptr<Policy> ReadOpenrcScript(const std::string& file);
std::unique_ptr<Policy> ParseOpenrcScript(const std::string& name, std::string_view text);

}  // namespace pidfall
