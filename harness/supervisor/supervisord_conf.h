// A [program:NAME] of supervisord's configuration.
//
//   auto policy = ReadSupervisordProgram("supervisord.conf", "web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// With no program named, the only one of the file.
std::unique_ptr<Policy> ReadSupervisordProgram(const std::string& file, const std::string& program);
std::unique_ptr<Policy> ParseSupervisordProgram(const std::string& name, const std::string& text,
                                                const std::string& program);
std::vector<std::string> SupervisordPrograms(const std::string& name, const std::string& text);

}  // namespace pidfall
