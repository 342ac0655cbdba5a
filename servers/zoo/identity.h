// Which process has a pid, and the defects that rely on it. In a correct copy only the lock
// decides.
//
//   if (BelievesRecord(record)) EndAsDuplicate(settings, *record.pid);  // no owner: a defect
//   if (BreaksIn(record)) ...                                           // an owner: a defect
#pragma once

#include <sys/types.h>

#include <string>

#include "servers/zoo/record.h"

namespace pidfall::zoo {

// The line of the record that identifies a process besides its pid; empty unless a defect needs it.
std::string IdentityLine(pid_t pid);

// The lock is ours, so no owner lives; true: a defect believes the record and ends.
bool BelievesRecord(const Record& record);

// The lock is held, so an owner lives; true: a defect believes the record that none does.
bool BreaksIn(const Record& record);

// Signals the process that the record names.
void Meddle(const Record& record);

std::string ReadSmallFile(const std::string& path);

}  // namespace pidfall::zoo
