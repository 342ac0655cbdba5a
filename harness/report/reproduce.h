// The command that shows one case again, ready to be pasted into the user's shell. `program` is how
// the user called pidfall: "pidfall", "./pidfall", "build/release/bin/pidfall".
//
//   result.reproduce = RunCommandLine("./pidfall", "serve-task-manager", "pidfile", "stale/zero");
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// "./pidfall run --guard pidfile --scenario stale/zero"
std::string RunCommandLine(const std::string& program, const std::string& server,
                           const std::string& guard, std::string_view scenario);

// "pidfall check --port 8767 --scenario stale/zero -- python3 serve.py"
std::string CheckCommandLine(const std::string& program, const std::vector<std::string>& options,
                             std::string_view scenario, const std::vector<std::string>& command);

struct ExploreRepeat {
  std::string kind;  // "crash"
  std::vector<std::string> options;
  std::string replay;                // empty: the whole exploration
  std::vector<std::string> command;  // empty: that of a target file
};

// "pidfall explore crash --port 8767 --replay 'start:openat(serve.pid)#1:exit' -- python3 serve.py"
std::string ExploreCommandLine(const std::string& program, const ExploreRepeat& again);

// "pidfall supervise --policy my.service -- ./serve"; `command` may be empty.
std::string WholeCommandLine(const std::string& program, const std::vector<std::string>& words,
                             const std::vector<std::string>& command = {});

struct IncidentRepeat {
  std::string which;  // an id, or the incident's file
  bool real_time = false;
  std::optional<int> port = {};
  std::vector<std::string> command = {};
};

// "./pidfall incident run 2025-12-22-port-conflict --port 9000 -- python3 serve.py"
std::string IncidentCommandLine(const std::string& program, const IncidentRepeat& again);

}  // namespace pidfall
