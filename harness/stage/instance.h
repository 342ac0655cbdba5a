// One start of the target, and all of its processes.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/observe/census.h"
#include "harness/process/launch.h"

namespace pidfall {

// Holds a process between two of its system calls (faults/hold.h).
class Holder {
 public:
  virtual ~Holder() = default;
  virtual void Release() = 0;
  // After SIGKILL to the process: only its tracer can collect the dead threads.
  virtual void Collect() = 0;
};

class Instance {
 public:
  Instance(Census& census, std::string name, Child child, UniqueFd output, int port);

  const std::string& name() const { return name_; }  // "A", "B": its name in evidence
  pid_t pid() const { return child_.pid; }
  int port() const { return port_; }
  const Child& child() const { return child_; }

  // Whether the started process has ended; a daemon may live on.
  bool ended() const { return ending_.has_value() || left_as_zombie_; }
  const std::optional<Ending>& ending() const { return ending_; }
  // It ended with a status other than 0. Without a port, what is left of it is no server.
  bool HasFailed() const { return ending() && ending()->status != 0; }

  // When its end was seen; time_point::max() where it has not ended.
  std::chrono::steady_clock::time_point ended_at() const { return ended_at_; }
  // When it was seen that nothing of it was left, a daemon included; else time_point::max().
  std::chrono::steady_clock::time_point gone_at() const { return gone_at_; }
  std::chrono::steady_clock::time_point started_at() const { return started_; }

  // Its output so far, both streams; at most the first 64 KiB are kept.
  const std::string& output() const { return output_; }
  int output_fd() const { return output_fd_.get(); }
  // Up to two printed lines, for evidence.
  std::string FirstLines() const;
  std::string Printed() const;  // those in quotation marks, or "nothing"
  std::string LastLine() const;

  // Reads what has been printed and reaps the process if it has ended. Never blocks.
  void Update();
  // After its end, with a census of its own: no more processes can be left later.
  void NoteWhatIsLeft();
  // From now on its end is noticed, but it is not reaped until the sandbox ends.
  void KeepAsZombie() { keep_as_zombie_ = true; }

  // As launchd does: at its end, before the id of its group can pass to strangers, the rest of the
  // group gets SIGTERM.
  void EndGroupWithIt() { ends_group_ = true; }

  bool IsHeld() const { return holder_ != nullptr; }
  // `when`: "before it created x.pid"
  void HoldBy(std::unique_ptr<Holder> holder, const std::string& when) {
    holder_ = std::move(holder);
    held_when_ = when;
  }
  const std::string& held_when() const { return held_when_; }
  void ReleaseFromHolder();
  void CollectFromHolder();

  // The started process; if it has ended, the first of the processes that it left.
  std::optional<pid_t> MainProcess() const;
  // The live processes that descend from this start, those that left by daemonizing included.
  std::vector<pid_t> Processes() const;
  std::vector<ProcessInfo> Living() const;  // the same
  Duration age() const { return std::chrono::steady_clock::now() - started_; }

 private:
  void ReadOutput();
  void AwaitChild();

  Census& census_;
  std::string name_;
  Child child_;
  UniqueFd output_fd_;
  int port_;
  std::string output_;
  std::optional<Ending> ending_;
  std::unique_ptr<Holder> holder_;
  std::string held_when_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point ended_at_ = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point gone_at_ = std::chrono::steady_clock::time_point::max();
  bool ends_group_ = false;
  bool keep_as_zombie_ = false;
  bool left_as_zombie_ = false;
  bool nothing_left_ = false;  // for good: no process of it is left that could start another
};

// The processor times of its processes (probe/process.h).
std::map<pid_t, ProcessorTime> ProcessorTimesOf(const Instance& instance);

}  // namespace pidfall
