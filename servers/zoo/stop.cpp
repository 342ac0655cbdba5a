#include "servers/zoo/stop.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>

#include "servers/zoo/defects.h"

namespace pidfall::zoo {
namespace {

constexpr int kSupervisorGone = SIGUSR1;
constexpr int kRestart = SIGUSR2;

volatile sig_atomic_t stop_requested = 0;
volatile sig_atomic_t restart_requested = 0;
volatile sig_atomic_t supervisor_gone = 0;

void Swallow(int /*signal*/) {}

void OnStop(int) {
  if (stop_requested != 0 && Has(Defect::kSecondSigtermCrashes)) std::abort();
  stop_requested = 1;
}

void OnRestart(int) {
  restart_requested = 1;
  stop_requested = 1;
}

void OnSupervisorGone(int) { supervisor_gone = 1; }

void EndNow(int) { _exit(0); }

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, kRestart);
  sigaddset(&signals, kSupervisorGone);
  return signals;
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

// While we wait every signal may arrive, no matter which mask we were started with.
sigset_t NoSignals() {
  sigset_t none;
  sigemptyset(&none);
  return none;
}

void Wait(pollfd* polled, size_t count, const timespec* limit) {
  const sigset_t none = NoSignals();
  ppoll(polled, count, limit, &none);
  // Where a descriptor is ready, ppoll leaves signals pending, and a client would be answered
  // first.
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, &none, &blocked);
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
}

}  // namespace

void CatchStopSignals() {
  Handle(SIGPIPE, SIG_IGN);
  if (Has(Defect::kStartupSignalLost)) {
    Handle(SIGTERM, SIG_IGN);
    Handle(SIGINT, SIG_IGN);
    return;
  }
  ListenToStopSignals();
}

void ListenToStopSignals() {
  const sigset_t signals = StopSignals();
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Handle(SIGTERM, Has(Defect::kIgnoresSigterm) ? SIG_IGN : OnStop);
  if (Has(Defect::kDiesOfSigterm)) Handle(SIGTERM, SIG_DFL);
  Handle(SIGINT, Has(Defect::kIgnoresSigint) ? Swallow : OnStop);
  Handle(kRestart, OnRestart);
  if (!Has(Defect::kSupervisorOrphan)) return;
  Handle(kSupervisorGone, OnSupervisorGone);
  prctl(PR_SET_PDEATHSIG, kSupervisorGone);
}

bool StopRequested() { return stop_requested != 0; }
bool RestartRequested() { return restart_requested != 0; }
bool SupervisorGone() { return supervisor_gone != 0; }

void WaitForEvents(std::span<pollfd> polled) { Wait(polled.data(), polled.size(), nullptr); }

void Dawdle(std::chrono::milliseconds time) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + time;
  for (auto left = time; left.count() > 0;
       left = std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now())) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec limit{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
    Wait(nullptr, 0, &limit);
  }
}

EndOnStopSignal::EndOnStopSignal() {
  Handle(SIGTERM, EndNow);
  Handle(SIGINT, EndNow);
  const sigset_t signals = StopSignals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

EndOnStopSignal::~EndOnStopSignal() { CatchStopSignals(); }

}  // namespace pidfall::zoo
