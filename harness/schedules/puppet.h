// A process of ours with a chosen pid that makes the calls that it is told to: to the kernel and to
// every other process it is the program whose calls they are.
//
//   Puppet puppet(4000);
//   puppet.Ask(whole);
//   if (puppet.IsDone()) puppet.TakeAnswer();     // else the call blocks
//
// It ends with this object, and with this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>

#include "harness/process/launch.h"
#include "harness/schedules/whole_call.h"

namespace pidfall {

class Puppet {
 public:
  explicit Puppet(pid_t pid);
  ~Puppet();
  Puppet(const Puppet&) = delete;
  Puppet& operator=(const Puppet&) = delete;

  // Begins the call, and waits until it is done or blocks.
  void Ask(const WholeCall& whole);
  bool IsDone() const;
  struct Answer {
    int64_t result = 0;
    CallOutput output;
  };
  // The answer of the call that is done; to be asked for once.
  Answer TakeAnswer();

  // Its descriptors close, its locks go, and its pid is free.
  void Kill();
  bool is_alive() const { return child_.pid != 0; }
  pid_t pid() const { return pid_; }

 private:
  struct Board;

  void Make(long number, const std::array<uint64_t, 6>& arguments);
  uint64_t ArgumentOf(const WholeCall& whole, size_t i);
  void OpenSocket(const SocketKind& kind);
  void AwaitAnswer();
  char* Room(size_t size);

  pid_t pid_;
  std::unique_ptr<Board> board_;
  Child child_;
  WholeCall whole_;
  std::array<uint64_t, 6> arguments_{};
  size_t used_ = 0;                 // bytes of the board's room
  std::map<int, int> descriptors_;  // by the files' numbers in Descriptors
  int count_ = 0;                   // as Descriptors counts
};

}  // namespace pidfall
