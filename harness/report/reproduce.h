// The command that shows one case again, ready to be pasted into a shell.
//
//   result.reproduce = AgainRun("serve-task-manager", "pidfile", "stale/zero");
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

// "./pidfall run --guard pidfile --scenario stale/zero"
std::string AgainRun(const std::string& server, const std::string& guard,
                     std::string_view scenario);

// "pidfall check --port 8767 --scenario stale/zero -- python3 serve.py"
std::string AgainCheck(const std::vector<std::string>& options, std::string_view scenario,
                       const std::vector<std::string>& command);

// "./pidfall incident run 2025-12-22-port-conflict -- python3 serve.py"
std::string AgainIncident(const std::string& which, bool real_time,
                          const std::vector<std::string>& command);

}  // namespace pidfall
