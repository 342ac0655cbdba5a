// The system calls of a start, counted by ptrace: refusing at most 8, acquiring at most 24, and no
// more when the last owner was killed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "guard/guard.h"
#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

constexpr long kMarker = SYS_sethostname;  // with a bad pointer: fails, and nothing else calls it

void Mark() { syscall(kMarker, nullptr, 1); }

// Calls of the allocator, of the loader, and those that the address sanitizer makes at each throw
// are not the guard's.
bool IsTheLibrarys(uint64_t call) {
  return call == SYS_brk || call == SYS_mmap || call == SYS_munmap || call == SYS_futex ||
         call == SYS_getrandom || call == SYS_sigaltstack;
}

// Runs to the next system call's entry; false when the process has ended.
bool NextCall(pid_t pid, uint64_t* call) {
  for (;;) {
    int status = 0;
    if (ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr) != 0) return false;
    if (waitpid(pid, &status, 0) != pid || WIFEXITED(status) || WIFSIGNALED(status)) return false;
    __ptrace_syscall_info info = {};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
    *call = info.entry.nr;
    return true;
  }
}

int CountBetweenMarks(pid_t pid) {
  uint64_t call = 0;
  while (NextCall(pid, &call) && call != kMarker) {
  }
  int count = 0;
  while (NextCall(pid, &call) && call != kMarker) {
    if (!IsTheLibrarys(call)) ++count;
  }
  while (NextCall(pid, &call)) {
  }
  return count;
}

// System calls of Acquire in a process that calls it once and ends without releasing.
int CostOfStart(const std::string& pid_file, Outcome expected) {
  const pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    const Options options = ForFile(pid_file);
    Mark();
    const Instance instance = Acquire(options);
    Mark();
    _exit(instance.outcome() == expected ? 0 : 1);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  return CountBetweenMarks(pid);
}

TEST(SystemCalls, AcquiringCostsAtMost24AndNoMoreAfterACrash) {
  TempFolder folder;
  const std::string pid_file = folder.path("x.pid");
  const int fresh = CostOfStart(pid_file, Outcome::kAcquired);
  EXPECT_GT(fresh, 10) << "the counting is broken";
  EXPECT_LE(fresh, 24);
  EXPECT_NE(Read(pid_file), "") << "the first start left its file behind";
  EXPECT_EQ(CostOfStart(pid_file, Outcome::kAcquired), fresh);
}

TEST(SystemCalls, RefusingCostsAtMost8) {
  TempFolder folder;
  const std::string pid_file = folder.path("x.pid");
  const Instance owner = Acquire(ForFile(pid_file));
  const int refused = CostOfStart(pid_file, Outcome::kBusy);
  EXPECT_GT(refused, 2) << "the counting is broken";
  EXPECT_LE(refused, 8);
}

// A socket, two options, one message, and the close.
TEST(SystemCalls, TellingAServiceManagerCostsFiveMore) {
  TempFolder folder;
  const int alone = CostOfStart(folder.path("x.pid"), Outcome::kAcquired);
  const ServiceManager manager(folder.path("socket"));
  EXPECT_EQ(CostOfStart(folder.path("y.pid"), Outcome::kAcquired), alone + 5);
}

// One more file has to be read; it is read once.
TEST(SystemCalls, AForeignPidFileCostsAtMostFiveMore) {
  TempFolder folder;
  const int fresh = CostOfStart(folder.path("x.pid"), Outcome::kAcquired);
  Write(folder.path("y.pid"), "4194303");
  EXPECT_LE(CostOfStart(folder.path("y.pid"), Outcome::kAcquired), fresh + 5);
}

}  // namespace
}  // namespace pidfall::guard
