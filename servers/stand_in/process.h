// The kernel's facts about a process.
//
//   if (ProgramName(pid) == ProgramName(getpid())) ...   // the same program, not the same server
#pragma once

#include <sys/types.h>

#include <string>

namespace pidfall::stand_in {

std::string ReadWhole(const std::string& path);  // empty where it cannot be read

std::string ProgramName(pid_t pid);
// "... (deleted)" where another file has taken its name.
std::string ProgramFile(pid_t pid);
// kill(2) takes the id of a thread too, and succeeds for a zombie.
bool IsProcess(pid_t pid);
std::string StartTicks(pid_t pid);        // since the boot
std::string StartByWallClock(pid_t pid);  // moves when the clock is stepped
std::string HostName();

}  // namespace pidfall::stand_in
