// Which of the files that a target wrote or locked is its pid file or its lock file.
//
//   const auto file = FindPidFile(Written(world.view), instance.Processes());
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/probe/files.h"

namespace pidfall {

// It holds the number of one of the processes, and is small. Where lines begin with the number it
// is a log.
bool LooksLikePidFile(const std::string& path, const std::vector<pid_t>& processes);

// Nothing stands before the number, as in a log.
bool BeginsWithNumber(const std::string& path, const std::vector<pid_t>& processes);

bool EndsLine(const std::string& path);  // after its last character

// Of the files locked, one that holds nothing to speak of: a database is locked as well.
std::optional<std::string> FindLockFile(const std::vector<HeldLock>& locks);

// Nothing but the number: see Target::has_plain_pid_file.
bool IsPlainPidFile(const std::string& path, const std::vector<pid_t>& processes);

// Of several, the one that begins with the number, then the one that is called so; else the
// shortest name.
std::optional<std::string> FindPidFile(const std::vector<std::string>& written,
                                       const std::vector<pid_t>& processes);

}  // namespace pidfall
