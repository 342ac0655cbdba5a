// A snapshot of this machine: its processes, listening sockets and pid files, at one moment.
//
//   const Machine machine = ReadMachine({"/run/web.pid"});
//   machine.pid_files.at("/run/web.pid").pid
//
// Read as the user who asks: of other users' processes the sockets and the working folder are not
// to be seen.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pidfall {

struct LiveProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  uid_t user = 0;
  std::string program;             // its short name, at most 15 characters
  std::vector<std::string> words;  // its command line; a server may have written a title over it
  std::string folder;              // its working folder; empty: not to be seen
  std::string unit;                // "web.service", from its control group
  bool is_in_container = false;
  std::chrono::system_clock::time_point began;
};

struct OpenPort {
  int port = 0;
  std::vector<pid_t> holders;  // empty: of another user, or of a process that is gone
};

struct PidFile {
  enum class State { kMissing, kUnreadable, kHoldsNoPid, kHoldsPid };
  State state = State::kMissing;
  std::string why;  // it is unreadable, or its content
  pid_t pid = 0;
  std::chrono::system_clock::time_point written;
};

struct Machine {
  std::map<pid_t, LiveProcess> processes;  // without zombies
  std::vector<OpenPort> ports;             // TCP and UDP
  std::map<std::string, PidFile> pid_files;
};

Machine ReadMachine(const std::set<std::string>& pid_files);

}  // namespace pidfall
