// Finds the pid file or the lock file among the files that a target wrote or locked.
//
//   const auto file = FindPidFile(Written(world.view), instance.Processes());
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/kernel/files.h"

namespace pidfall {

// It holds the pid of one of the processes as text, and is small. A file whose lines begin with the
// pid is a log.
bool LooksLikePidFile(const std::string& path, const std::vector<pid_t>& processes);

// Nothing stands before the pid; in a log, a date does.
bool BeginsWithNumber(const std::string& path, const std::vector<pid_t>& processes);

bool IsBinary(const std::string& path);  // NUL bytes are in it

bool EndsLine(const std::string& path);  // after its last character

// A locked file with almost no content: databases are locked, too.
std::optional<std::string> FindLockFile(const std::vector<HeldLock>& locks);

// Holds only the pid: see Target::has_plain_pid_file.
bool IsPlainPidFile(const std::string& path, const std::vector<pid_t>& processes);

// Prefers the file that begins with the pid, then the one that is called a pid file; else the
// shortest name.
std::optional<std::string> FindPidFile(const std::vector<std::string>& written,
                                       const std::vector<pid_t>& processes);

// The symlinks whose text has the pid of one of the processes: "host:pid" is a lock of some.
std::vector<std::string> FindLinks(const std::vector<std::string>& written,
                                   const std::vector<pid_t>& processes);

// A file that holds little more than this number: a port, say.
std::optional<std::string> FindFileOfNumber(const std::vector<std::string>& written, int number);

}  // namespace pidfall
