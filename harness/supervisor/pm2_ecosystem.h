// An application of a PM2 ecosystem file, in JSON or YAML.
//
//   auto policy = ReadPm2Ecosystem("ecosystem.json", "web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// With no application named, the only one of the file.
std::unique_ptr<Policy> ReadPm2Ecosystem(const std::string& file, const std::string& application);
std::unique_ptr<Policy> ParsePm2Ecosystem(const std::string& name, const std::string& text,
                                          const std::string& application);
std::vector<std::string> Pm2Applications(const std::string& name, const std::string& text);

}  // namespace pidfall
