// supervisord's rules for one program.
//
//   auto policy = MakeSupervisordPolicy({});                          // its defaults
//   auto theirs = ReadSupervisordProgram("supervisord.conf", "web");  // throws BadInput
//
// https://github.com/Supervisor/supervisor/blob/4.2.5/supervisor/process.py (finish, transition)
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

enum class SupervisordRestart { kNever, kUnexpected, kAlways };  // autorestart=

struct SupervisordRules {
  SupervisordRestart restart = SupervisordRestart::kUnexpected;
  bool autostart = true;
  SupervisorTime start_secs = std::chrono::seconds(1);
  int start_retries = 3;
  std::set<int> exit_codes = {0};
  SupervisorTime stop_wait = std::chrono::seconds(10);
};

std::unique_ptr<Policy> MakeSupervisordPolicy(const SupervisordRules& rules, Service service = {});

// With no program named, the only one of the file.
std::unique_ptr<Policy> ReadSupervisordProgram(const std::string& file, const std::string& program);
std::unique_ptr<Policy> ParseSupervisordProgram(const std::string& name, const std::string& text,
                                                const std::string& program);
std::vector<std::string> SupervisordPrograms(const std::string& name, const std::string& text);

}  // namespace pidfall
