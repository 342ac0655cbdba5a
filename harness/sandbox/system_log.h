// /dev/log of a sandbox: what programs write to the system's log goes to a file.
//
//   const SystemLog log("/dev/log", world.folder + "/system.log");
//   ...                                    // whenever log.socket() is readable:
//   log.Collect();
//
// A message leaves the socket only after it is in the file: once the socket is empty, the file has
// all of them.
#pragma once

#include <string>

#include "harness/process/fd.h"

namespace pidfall {

inline constexpr char kSystemLogPath[] = "/dev/log";

class SystemLog {
 public:
  SystemLog() = default;  // collects nothing
  // Where no socket can be made at `path`, it collects nothing. The first message makes the file.
  SystemLog(const std::string& path, const std::string& file);

  int socket() const { return socket_.get(); }  // -1: it collects nothing
  // Never blocks.
  void Collect() const;

 private:
  UniqueFd socket_;
  std::string file_;
};

// Waits until every message that was written to `socket` is in the file.
void AwaitCollected(int socket);

}  // namespace pidfall
