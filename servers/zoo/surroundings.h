// The defects for which the surroundings of a start, or the time, decide which copy is the owner.
//
//   const std::string path = settings.pid_file + LockSuffix() + ".lock";
//   if (SeesSomebody(settings)) EndAsDuplicate(settings, 0);    // without an owner
//   if (SeesNobody(owner)) ...                                  // beside an owner
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "servers/zoo/settings.h"

namespace pidfall::zoo {

// One lock for each working folder, or for each home.
std::string LockSuffix();

// A defect asks a tool, the process table or the port, and takes the answer for an owner.
bool SeesSomebody(const Settings& settings);

// `owner` holds the lock, but a defect takes it for dead.
bool SeesNobody(pid_t owner);

// From now on, in a thread: renews the record's time, or drops the lock after a while.
void LetTimePass(const std::string& record, const std::function<void()>& drop_lock);

}  // namespace pidfall::zoo
