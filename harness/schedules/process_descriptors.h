// The safeguard's descriptors of every process of one start. To others a fork is a dup of each, and
// an exec or an end a close of each: calls that one process can make for all of them.
//
//   ProcessDescriptors all;
//   for (const WholeCall& call : all.Fork(stop)) ...     // at the entry of fork
//   all.Of(childs_stop).NumberOf(9)                      // what the child has inherited
//   for (const WholeCall& call : all.End(childs_stop)) ...
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "harness/schedules/descriptors.h"
#include "harness/schedules/whole_call.h"
#include "harness/tracer/process_tree.h"

namespace pidfall {

// At the entry of a call: whether it makes a process.
bool IsFork(const ProcessTree::Stop& stop);
// Whether it ends its process.
bool IsEnd(const ProcessTree::Stop& stop);

class ProcessDescriptors {
 public:
  // Of the process whose call this is.
  Descriptors& Of(const ProcessTree::Stop& stop);
  // Another process has some, too.
  bool OthersHaveSome(pid_t process) const;

  std::vector<WholeCall> Fork(const ProcessTree::Stop& stop);
  std::vector<WholeCall> End(const ProcessTree::Stop& stop);
  // At its successful return: dup2, dup3, close_range and execve close some, and may copy one.
  std::vector<WholeCall> Return(const ProcessTree::Stop& stop, const RawCall& entered);

  // A process with some of them is none of `living`: a signal has ended it.
  bool HasLostOne(const std::vector<pid_t>& living) const;

 private:
  struct Process {
    Descriptors descriptors;
    std::deque<Descriptors> unborn;  // of children that it has forked, and that made no call yet
  };
  std::map<pid_t, Process> all_;
};

}  // namespace pidfall
