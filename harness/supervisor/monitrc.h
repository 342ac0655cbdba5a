// A `check process` of a monit control file.
//
//   auto policy = ReadMonitProcess("/etc/monit/monitrc", "web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/monit.h"

namespace pidfall {

// With none named, the only one of the file. Of a file without a `set daemon` the cycle is that of
// the monitrc in the folder above.
std::unique_ptr<Policy> ReadMonitProcess(const std::string& file, const std::string& process);
// `above`: the cycle where the text sets none.
std::unique_ptr<Policy> ParseMonitProcess(const std::string& name, const std::string& text,
                                          const std::string& process,
                                          SupervisorTime above = MonitRules().cycle);
std::vector<std::string> MonitProcesses(const std::string& name, const std::string& text);

}  // namespace pidfall
