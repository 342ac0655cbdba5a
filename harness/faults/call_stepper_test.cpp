#include "harness/faults/call_stepper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"

namespace pidfall {
namespace {

constexpr Duration kStepBound = std::chrono::seconds(10);

// One thread repeats the same call without end; the other ends the process when told.
int EndWhenTold(int told) {
  std::thread([] {
    for (;;) syscall(SYS_getppid);
  }).detach();
  char byte = 0;
  (void)!read(told, &byte, 1);
  _exit(0);
}

bool IsOver() { return true; }
bool NeverOver() { return false; }

// Held at a call of the second thread, as soon as that exists.
CallStepper HoldInSecondThread(pid_t pid) {
  const auto moment = [](const Call& call) { return call.number == SYS_getppid && call.returned; };
  for (;;) {
    CallStepper stepper = CallStepper::ForRunning(pid);
    if (stepper.RunUntil(moment, IsOver, kStepBound)) return stepper;
    stepper.Release();
  }
}

// The first thread is released before the second, and ends the process. A thread that dies under
// its tracer is a zombie until the tracer has collected it; until then its process has not ended.
TEST(CallStepperTest, AThreadThatDiesWhileHeldKeepsNoProcess) {
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i) {
    Pipe told = MakePipe();
    const Child child = Clone({}, [&] { return EndWhenTold(told.read.get()); });
    CallStepper stepper = HoldInSecondThread(child.pid);
    WriteAll(told.write.get(), "e", "the pipe");
    stepper.Release();
    ASSERT_TRUE(WaitForEnd(child, kStepBound));
    Reap(child);
  }
}

// Its other thread serves on, until this test ends: also when that is cut short.
int EndFirstThread(bool is_traced) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (is_traced) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
  }
  std::thread([] {
    for (;;) syscall(SYS_getppid);
  }).detach();
  syscall(SYS_exit, 0);
  return 0;
}

bool IsGetppid(const Call& call) { return call.number == SYS_getppid; }

TEST(CallStepperTest, AProcessWhoseFirstThreadEndsIsHeldAndReleased) {
  const Child child = Clone({}, [] { return EndFirstThread(true); });
  CallStepper stepper = CallStepper::ForHeld(child.pid);
  const auto is_alone = [&](const Call& call) {
    return IsGetppid(call) && StateOfThread(child.pid) == 'Z';
  };
  EXPECT_TRUE(stepper.RunUntil(is_alone, NeverOver, kStepBound));
  stepper.Release();
  SendSignal(child, SIGKILL);
  EXPECT_TRUE(WaitForEnd(child, kStepBound));
  Reap(child);
}

TEST(CallStepperTest, AProcessWhoseFirstThreadHasEndedIsTracedByTheOthers) {
  const Child child = Clone({}, [] { return EndFirstThread(false); });
  while (StateOfThread(child.pid) != 'Z') std::this_thread::yield();
  CallStepper stepper = CallStepper::ForRunning(child.pid);
  EXPECT_TRUE(stepper.RunUntil(IsGetppid, NeverOver, kStepBound));
  stepper.Release();
  SendSignal(child, SIGKILL);
  EXPECT_TRUE(WaitForEnd(child, kStepBound));
  Reap(child);
}

// vfork needs no exec to be one: the parent stands still until the child has ended.
int VforkThenEnd() {
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  raise(SIGSTOP);
  const pid_t child = vfork();
  if (child == 0) {
    syscall(SYS_getppid);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return 3;
}

// Its parent waits in a state that no signal ends.
TEST(CallStepperTest, AChildHeldInVforkLetsItsParentGo) {
  const Child child = Clone({}, VforkThenEnd);
  CallStepper stepper = CallStepper::ForHeld(child.pid);
  ASSERT_TRUE(stepper.RunUntil(IsGetppid, NeverOver, kStepBound));
  stepper.Release();
  ASSERT_TRUE(WaitForEnd(child, kStepBound));
  EXPECT_EQ(Reap(child).status, 3);
}

// Its child was never looked at: it stands at its first instruction.
TEST(CallStepperTest, AParentInVforkIsLetGoBeforeItsForkWasTold) {
  constexpr int kTries = 10;
  for (int i = 0; i < kTries; ++i) {
    const Child child = Clone({}, VforkThenEnd);
    CallStepper stepper = CallStepper::ForHeld(child.pid);
    const auto at_vfork = [](const Call& call) {
      return call.number == SYS_vfork && !call.returned;
    };
    ASSERT_TRUE(stepper.RunUntil(at_vfork, NeverOver, kStepBound));
    stepper.RunUntil([](const Call&) { return false; }, NeverOver, Duration::zero());
    stepper.Release();
    ASSERT_TRUE(WaitForEnd(child, kStepBound));
    ASSERT_EQ(Reap(child).status, 3);
  }
}

// Tells its child's number by `tell`, and calls once more when the child has ended.
int OutliveAChild(int tell) {
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  raise(SIGSTOP);
  const pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  (void)!write(tell, &child, sizeof(child));
  waitpid(child, nullptr, 0);
  syscall(SYS_getppid);
  return 3;
}

// The child ends during the look, and the parent, which has not been told, still waits for it.
TEST(CallStepperTest, AStartWhoseChildHasJustEndedIsNotOver) {
  Pipe told = MakePipe();
  const Child child = Clone({}, [&] { return OutliveAChild(told.write.get()); });
  CallStepper stepper = CallStepper::ForHeld(child.pid);
  fcntl(told.read.get(), F_SETFL, O_NONBLOCK);
  const auto child_ends = [&, ended = false]() mutable {
    pid_t grandchild = 0;
    if (ended || read(told.read.get(), &grandchild, sizeof(grandchild)) < 0) return false;
    kill(grandchild, SIGKILL);
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(grandchild), &info, WEXITED | WNOWAIT | __WALL);
    return ended = true;
  };
  EXPECT_TRUE(stepper.RunUntil(IsGetppid, child_ends, kStepBound));
  stepper.Release();
  ASSERT_TRUE(WaitForEnd(child, kStepBound));
  EXPECT_EQ(Reap(child).status, 3);
}

int CallInAThread() {
  ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  raise(SIGSTOP);
  std::thread([] { syscall(SYS_getppid); }).join();
  return 3;
}

TEST(CallStepperTest, AThreadThatBeginsIsStepped) {
  const Child child = Clone({}, CallInAThread);
  CallStepper stepper = CallStepper::ForHeld(child.pid);
  pid_t thread = 0;
  const auto moment = [&](const Call& call) {
    if (IsGetppid(call)) thread = call.thread;
    return IsGetppid(call);
  };
  ASSERT_TRUE(stepper.RunUntil(moment, NeverOver, kStepBound));
  EXPECT_NE(thread, child.pid);
  stepper.Release();
  ASSERT_TRUE(WaitForEnd(child, kStepBound));
  EXPECT_EQ(Reap(child).status, 3);
}

// Nobody has been told of the thread that it is in, and its end is the tracer's to collect.
TEST(CallStepperTest, AThreadThatBeginsInOneThatIsKilledKeepsNoProcess) {
  const Child child = Clone({}, CallInAThread);
  CallStepper stepper = CallStepper::ForHeld(child.pid);
  const auto at_clone = [](const Call& call) {
    return call.number == SYS_clone3 || call.number == SYS_clone;
  };
  ASSERT_TRUE(stepper.RunUntil(at_clone, NeverOver, kStepBound));
  stepper.RunUntil([](const Call&) { return false; }, NeverOver, Duration::zero());
  kill(child.pid, SIGKILL);
  stepper.Collect();
  ASSERT_TRUE(WaitForEnd(child, kStepBound));
  EXPECT_EQ(Reap(child).signal, SIGKILL);
}

}  // namespace
}  // namespace pidfall
