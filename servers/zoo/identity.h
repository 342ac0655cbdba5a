// Who a pid is, and the defects that make too much of it. The lock alone decides in a correct copy.
//
//   if (BelievesRecord(record)) EndAsDuplicate(settings, *record.pid);  // no owner: a defect
//   if (BreaksIn(record)) ...                                           // an owner: a defect
#pragma once

#include <sys/types.h>

#include <string>

#include "servers/zoo/record.h"

namespace pidfall::zoo {

// What the record says of a process besides its pid; empty unless a defect wants to know.
std::string IdentityLine(pid_t pid);

// The lock is ours, so nobody runs; true: give way to the record even so.
bool BelievesRecord(const Record& record);

// The lock is held, so somebody runs; true: take the record's word that nobody does.
bool BreaksIn(const Record& record);

// Signals to whom the record names.
void Meddle(const Record& record);

std::string ReadSmallFile(const std::string& path);

}  // namespace pidfall::zoo
