// The property list of a launchd job.
//
//   std::unique_ptr<Policy> policy = ReadLaunchdPlist("agent.plist");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/supervisor/launchd.h"

namespace pidfall {

// `name` is the file's name in errors.
std::unique_ptr<Policy> ReadLaunchdPlist(const std::string& file,
                                         LaunchdEra era = LaunchdEra::kPublished);
std::unique_ptr<Policy> ParseLaunchdPlist(const std::string& name, std::string_view bytes,
                                          LaunchdEra era = LaunchdEra::kPublished);

}  // namespace pidfall
