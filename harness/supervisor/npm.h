// npm start: the script `start` of a package.json. npm restarts nothing.
//
//   auto theirs = ReadPackageJson("package.json");   // throws BadInput
//
// https://docs.npmjs.com/cli/v10/commands/npm-start
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

std::unique_ptr<Policy> ReadPackageJson(const std::string& file);
std::unique_ptr<Policy> ParsePackageJson(const std::string& name, const std::string& text);

}  // namespace pidfall
