// The private world that one scenario runs in.
//
//   Sandbox sandbox = Sandbox::Open({}, [](const World& world) {
//     WriteFile(world.folder + "/x.pid", "99999");   // no process outside can see this file
//     return std::string("done");                    // arrives at sandbox.result()
//   });
//
// Two processes are made. `init` is pid 1 of new user, pid, mount, network, ipc and uts
// namespaces: when it ends, the kernel ends everything in them. It watches a pipe that only the
// harness holds, so a harness killed with SIGKILL leaves nothing behind (getppid() is 0 in there,
// and PR_SET_PDEATHSIG follows a thread, not a process). Its child, the director, runs the story.
// The director keeps its capabilities inside the user namespace; what it executes has none,
// because the user id is mapped to itself.
//
// Where namespaces are refused, or PIDFALL_SANDBOX=plain says so, the world is *plain*: a folder
// of its own below $TMPDIR, the machine's own pids and ports, and an init that is a subreaper.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "harness/process/launch.h"
#include "harness/sandbox/view.h"

namespace pidfall {

struct World {
  bool full = false;
  std::string folder;       // empty, writable, private; a tmpfs in a full sandbox
  uid_t second_user = 0;    // another user that the sandbox can use; 0: there is none
  uid_t ordinary_user = 0;  // a user without privileges: ours, unless we are root
  View view;                // with SandboxOptions::as_deployed
  std::string outside;      // the path in here of the folder SandboxOptions::outside
  bool holds_sandboxes = false;
  int result = -1;             // the pipe of Sandbox::result
  std::string system_log;      // the file with what was written to /dev/log; empty: there is none
  int system_log_socket = -1;  // it is empty once all is in the file
};

struct SandboxOptions {
  bool second_user = false;               // map a subordinate user id (costs two more processes)
  std::vector<std::string> keep_visible;  // paths that the private folder must not hide
  bool as_deployed = false;               // in a copy-on-write view of the machine (view.h)
  std::vector<std::string> own_layer;  // its folders that we may write although they are not ours
  std::string outside;                 // a folder of the machine that the story writes to
  // A sandbox can be made inside. Then the kernel's writable files stay uncovered: the kernel
  // allows no second /proc where parts of the first one are covered.
  bool holds_sandboxes = false;
};

// Much longer than a teardown takes: the processes inside are killed at once.
constexpr Duration kTeardownBound = std::chrono::seconds(10);

class Sandbox {
 public:
  static Sandbox Open(const SandboxOptions& options,
                      const std::function<std::string(const World&)>& story);

  // Readable when the story has returned; at end of file when the director has ended.
  int result() const { return result_.get(); }
  // Ends after everything inside has ended.
  const Child& init() const { return init_; }
  // Ends everything inside, and returns when it has ended. After `bound` init is killed, which
  // leaves a plain world's folder behind. Returns the signal that had ended the director before, or
  // 0.
  int Close(Duration bound = kTeardownBound);

 private:
  Child init_;
  UniqueFd result_;
  UniqueFd lifeline_;
};

// The reason why no full sandbox can be made here; empty where it can. Found out once.
const std::string& FullSandboxObstacle();
inline bool FullSandboxWorks() { return FullSandboxObstacle().empty(); }

}  // namespace pidfall
