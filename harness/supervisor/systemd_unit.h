// A service unit of systemd, with its drop-ins.
//
//   auto policy = ReadSystemdUnit("/etc/systemd/system/my.service");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"
#include "harness/supervisor/systemd_files.h"

namespace pidfall {

// With the drop-ins of NAME.service.d beside it and in systemd's own folders.
std::unique_ptr<Policy> ReadSystemdUnit(const std::string& file);
// The unit first, then its drop-ins in their order.
std::unique_ptr<Policy> ParseSystemdUnit(const std::vector<NamedText>& files);

}  // namespace pidfall
