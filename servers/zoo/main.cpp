// A small server that keeps every clause of guard/CONTRACT.md, unless a switch makes it break one.
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "servers/zoo/admin.h"
#include "servers/zoo/children.h"
#include "servers/zoo/console.h"
#include "servers/zoo/control.h"
#include "servers/zoo/defects.h"
#include "servers/zoo/guard.h"
#include "servers/zoo/marks.h"
#include "servers/zoo/port.h"
#include "servers/zoo/serve.h"
#include "servers/zoo/settings.h"
#include "servers/zoo/stop.h"

namespace pidfall::zoo {
namespace {

constexpr std::chrono::milliseconds kSlowStop{3000};
constexpr char kStartedAgain[] = "ZOO_STARTED_AGAIN";

int ListenOrEnd(const Settings& settings, Guard& guard) {
  try {
    return Listen(settings);
  } catch (const PortTaken& taken) {
    if (guard.IsCopy(taken.holder)) EndAsDuplicate(settings, taken.holder.pid);
    guard.Release();
    if (Has(Defect::kKillsPortClients)) SignalEveryoneOn(settings.port);
    if (Has(Defect::kStrangerIsDuplicate)) EndAsDuplicate(settings, taken.holder.pid);
    const std::string held = Has(Defect::kCauseUnsaid) ? "is lost" : "is in use";
    EndAsFailure({"port " + std::to_string(settings.port),
                  held + Describe(taken.holder) + "; stop it, or choose by --port", 0});
  } catch (const Failure&) {
    guard.Release();
    throw;
  }
}

void ServeOrBecomeWorker(int listening, Guard& guard) {
  if (Has(Defect::kForkExitRemoves)) ForkChildThatCleansUp(guard);
  if (Has(Defect::kWorkerKeepsPort)) StartWorker(listening, guard);
  if (Has(Defect::kStartupSignalLost)) {
    Dawdle(kWideWindow);
    ListenToStopSignals();
  }
  Serve(listening, guard);
  EndWorker();
}

void Stop(const Settings& settings, Guard& guard, int listening) {
  MarkStopping(settings.pid_file);
  if (Has(Defect::kUnlocksBeforePort)) {
    guard.Release();
    Dawdle(kWideWindow);
  }
  close(listening);
  if (Has(Defect::kSecondSigtermCrashes)) Dawdle(kWideWindow);
  if (Has(Defect::kSlowStop)) Dawdle(kSlowStop);
  guard.Release();
  MarkStopped(settings.pid_file);
}

// With the same pid; the guard's lock stays held.
void StartAgain(const Settings& settings, Guard& guard, int listening) {
  close(listening);
  guard.LeaveToSuccessor();
  setenv(kStartedAgain, "1", 1);
  execvp(settings.command_line[0], settings.command_line);
  throw Failure("cannot execute", settings.command_line[0], errno);
}

void Run(Settings& settings) {
  CatchStopSignals();
  const bool goes = settings.style == Style::kDaemonizing || Has(Defect::kDaemonizes);
  if (goes && getenv(kStartedAgain) == nullptr) GoToBackground();
  const std::unique_ptr<Guard> guard = MakeGuard(settings);
  guard->Acquire();
  if (Has(Defect::kLeaksLockToChild)) StartLockHolder();
  const int listening = ListenOrEnd(settings, *guard);
  if (settings.has_admin) ListenForAdmin(settings.pid_file);
  if (settings.has_helper || Has(Defect::kHelperKeepsPort)) AwaitRequestForHelper();
  if (settings.style == Style::kUdpPort) StartHelperOnce(listening);  // packets are no requests
  MarkServing(settings.pid_file);
  SayServing(settings);
  TellParentThatWeServe();
  ServeOrBecomeWorker(listening, *guard);
  if (RestartRequested()) StartAgain(settings, *guard, listening);
  Stop(settings, *guard, listening);
}

int Act(Settings settings) {
  try {
    if (settings.action == Action::kStatus) return ShowStatus(settings);
    if (settings.action == Action::kStop) return StopOwner(settings);
    Run(settings);
    return 0;
  } catch (const Failure& failure) {
    EndAsFailure(failure);
  }
}

int Main(int argc, char** argv) {
  const Settings settings = ParseCommandLine(argc, argv);
  if (!Has(Defect::kOpensAtFreeDescriptor)) OpenStandardDescriptors();
  if (!settings.ends_main_thread) return Act(settings);
  std::thread([settings] { _exit(Act(settings)); }).detach();
  // Ends only this thread. Unlike pthread_exit it does not unwind objects that the other one uses.
  for (;;) syscall(SYS_exit, 0);
}

}  // namespace
}  // namespace pidfall::zoo

// Without exit handlers: a worker that becomes a copy of us must not clean up after us.
int main(int argc, char** argv) { _exit(pidfall::zoo::Main(argc, argv)); }
