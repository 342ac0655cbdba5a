#include "harness/tracer/remote_calls.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <string>

#include "harness/stage/story_end.h"
#include "harness/tracer/process_tree.h"

namespace pidfall {
namespace {

int AwaitStop(pid_t thread) {
  int status = 0;
  if (waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status)) return status;
  throw Broken("pid " + std::to_string(thread) + " ended while it made a call for us");
}

}  // namespace

RemoteCalls RemoteCalls::InPlaceOf(const RawCall& own, pid_t thread) {
  RemoteCalls calls(thread, own, RegistersOf(thread));
  SkipCall(thread);
  calls.ToCallStop();
  return calls;
}

RemoteCalls RemoteCalls::OfCopy(pid_t copy) const {
  AwaitStop(copy);
  return {copy, own_, registers_};
}

void RemoteCalls::ToCallStop() {
  for (;;) {
    ptrace(PTRACE_SYSCALL, thread_, nullptr, nullptr);
    const int status = AwaitStop(thread_);
    if (WSTOPSIG(status) == kCallStop) return;
    unsigned long made = 0;
    if (status >> 16 != PTRACE_EVENT_FORK) continue;
    if (ptrace(PTRACE_GETEVENTMSG, thread_, nullptr, &made) == 0) {
      forked_ = static_cast<pid_t>(made);
    }
  }
}

int64_t RemoteCalls::Make(const RawCall& call) {
  SetNextCall(thread_, registers_, call);
  ToCallStop();  // its entry
  ToCallStop();
  __ptrace_syscall_info info{};
  ptrace(PTRACE_GET_SYSCALL_INFO, thread_, sizeof(info), &info);
  return info.exit.rval;
}

pid_t RemoteCalls::Fork(const RawCall& clone) {
  const int64_t result = Make(clone);
  return result < 0 ? static_cast<pid_t>(result) : forked_;
}

}  // namespace pidfall
