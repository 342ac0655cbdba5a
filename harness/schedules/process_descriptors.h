// The descriptors of every process of one start, followed through forks, execs and ends.
//
//   ProcessDescriptors all;
//   all.Fork(stop);                       // at the entry of fork
//   all.Of(childs_stop).NumberOf(9)       // what the child has inherited
//   for (int file : all.End(stop)) ...    // what its end has closed for all
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
// Whether it copies or closes descriptors, at its return.
bool ChangesDescriptors(const RawCall& call);

class ProcessDescriptors {
 public:
  // The descriptors of the process whose call this is.
  Descriptors& Of(const ProcessTree::Stop& stop);

  void Fork(const ProcessTree::Stop& stop);
  // At its return. The numbers of the files that no process has open any more.
  std::vector<int> Return(const ProcessTree::Stop& stop, const RawCall& entered);
  std::vector<int> End(const ProcessTree::Stop& stop);

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
