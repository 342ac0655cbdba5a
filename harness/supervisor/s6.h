// s6-supervise: restarts without end, always a second after the end of a run.
//
//   auto policy = MakeS6Policy();
//   auto theirs = ReadS6Folder("/etc/s6/web");   // throws BadInput
//
// https://github.com/skarnet/s6/blob/v2.11.3.2/src/supervision/s6-supervise.c
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

struct S6Rules {
  bool down = false;                           // the folder has a file `down`
  std::optional<SupervisorTime> timeout_kill;  // the file timeout-kill
};

std::unique_ptr<Policy> MakeS6Policy(const S6Rules& rules = {}, Service service = {});
std::unique_ptr<Policy> ReadS6Folder(const std::string& folder);

}  // namespace pidfall
