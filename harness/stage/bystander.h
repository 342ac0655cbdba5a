// A process that has nothing to do with the target and records every signal that it gets.
//
//   Bystander& stranger = stage.StartBystander({.pid = old_pid});
//   ...
//   ExpectUntouched(stranger);
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/kernel/endpoint.h"
#include "harness/process/launch.h"

namespace pidfall {

struct BystanderOptions {
  pid_t pid = 0;                       // that it must get; 0: any
  pid_t thread_id = 0;                 // that a second thread of it must get; 0: no second thread
  bool has_thread = false;             // a second thread, with any id
  pid_t group = 0;                     // the process group that it joins; 0: one of its own
  std::optional<uid_t> user;           // that it runs as; else the user that starts it
  std::optional<Endpoint> listen_on;   // it listens on this, and accepts nobody
  bool answers = false;                // each client there, over HTTP, with status 200
  std::optional<Endpoint> connect_to;  // it is a client of this
};

class Bystander {
 public:
  explicit Bystander(const BystanderOptions& options);

  pid_t pid() const { return child_.pid; }
  // The id of its second thread; 0 when it has none.
  pid_t thread_id() const;
  // The names of the signals that it got so far, and of the one that ended it.
  std::vector<std::string> Signals() const;
  void End();

 private:
  void CatchUp() const;

  Child child_;
  UniqueFd recorded_;
  mutable std::string numbers_;
};

}  // namespace pidfall
