// The defects that let what surrounds a start, or the time that has passed, decide who owns.
//
//   const std::string path = settings.pid_file + LockSuffix() + ".lock";
//   if (SeesSomebody(settings)) EndAsDuplicate(settings, 0);    // there is no owner
//   if (SeesNobody(owner)) ...                                  // there is one
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

// One lock for each working folder, or for each home.
std::string LockSuffix();

// Nobody was asked but a tool, the process table, or the port.
bool SeesSomebody(const Settings& settings);

// The lock is held by `owner`, and even so it counts as gone.
bool SeesNobody(pid_t owner);

// Beside the server, from now on: renews the record's time, or drops the lock after a while.
void LetTimePass(const std::string& record, const std::function<void()>& drop_lock);

}  // namespace pidfall::zoo
