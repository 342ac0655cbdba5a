#include "harness/faults/call_stepper.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

constexpr Duration kStepBound = std::chrono::seconds(10);

// One thread makes the same call without end; the other ends the process when it is told to.
int EndWhenTold(int told) {
  std::thread([] {
    for (;;) syscall(SYS_getppid);
  }).detach();
  char byte = 0;
  (void)!read(told, &byte, 1);
  _exit(0);
}

bool IsOver() { return true; }

// Held at a call of the second thread, as soon as that is there.
CallStepper HoldInSecondThread(pid_t pid) {
  const auto moment = [](const Call& call) { return call.number == SYS_getppid && call.returned; };
  for (;;) {
    CallStepper stepper = CallStepper::ForRunning(pid);
    if (stepper.RunUntil(moment, IsOver, kStepBound)) return stepper;
    stepper.Release();
  }
}

// The first thread is let go before the second, and ends the process. What dies under its tracer is
// a zombie until the tracer has collected it, and so long its process has not ended for anybody.
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

}  // namespace
}  // namespace pidfall
