// System calls that a process makes for us while it is stopped under trace.
//
//   RemoteCalls calls = RemoteCalls::InPlaceOf(own, thread);   // stopped at the entry of this call
//   calls.Make({SYS_dup3, {9, 1, 0}});
//   calls.PutOwnNext();                                        // when it is continued
//
// Only for calls that do not block: each is waited for. A signal that comes meanwhile is lost.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "harness/kernel/raw_call.h"
#include "harness/tracer/machine.h"

namespace pidfall {

class RemoteCalls {
 public:
  static RemoteCalls InPlaceOf(const RawCall& own, pid_t thread);
  // Of a process that Fork has made; its own call is the same.
  RemoteCalls OfCopy(pid_t copy) const;

  // The result; a failure is the negative errno. Throws Broken when the process has ended.
  int64_t Make(const RawCall& call);
  // The same for a clone(2) that forks, with PTRACE_O_TRACEFORK: the copy is stopped, too.
  pid_t Fork(const RawCall& clone);
  void PutOwnNext() { SetNextCall(thread_, registers_, own_); }

 private:
  RemoteCalls(pid_t thread, const RawCall& own, const Registers& registers)
      : thread_(thread), own_(own), registers_(registers) {}
  void ToCallStop();

  pid_t thread_;
  RawCall own_;
  Registers registers_;  // at the entry of its own call
  pid_t forked_ = 0;     // by the last call
};

}  // namespace pidfall
