#include "servers/stop_signal.h"

#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

namespace pidfall::servers {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, kRestartSignal);
  return signals;
}

}  // namespace

struct StopSignal::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool came = false;
  bool wants_restart = false;
  bool past_guard = false;
  std::function<void()> stop;
};

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

StopSignal::StopSignal() : state_(std::make_shared<State>()) {
  // Detached: it may wait for ever. One signal is enough, further ones stay blocked to the end.
  std::thread([state = state_] { WaitForSignal(state); }).detach();
}

void StopSignal::WaitForSignal(const std::shared_ptr<State>& state) {
  const sigset_t signals = StopSignals();
  int signal = 0;
  while (sigwait(&signals, &signal) == EINTR || !IsMeant(signal, *state)) {
  }
  std::unique_lock lock(state->mutex);
  state->came = true;
  state->wants_restart = signal == kRestartSignal;
  if (!state->changed.wait_for(lock, kStandbyGrace, [&] { return state->past_guard; })) {
    _exit(EXIT_SUCCESS);
  }
  if (state->stop) state->stop();
}

// Before it serves there is nothing to restart.
bool StopSignal::IsMeant(int signal, State& state) {
  const std::scoped_lock lock(state.mutex);
  return signal != kRestartSignal || state.stop;
}

void StopSignal::PastGuard() {
  const std::scoped_lock lock(state_->mutex);
  state_->past_guard = true;
  state_->changed.notify_all();
}

void StopSignal::OnStop(std::function<void()> stop) {
  const std::scoped_lock lock(state_->mutex);
  state_->stop = std::move(stop);
  if (state_->came) state_->stop();
}

bool StopSignal::Came() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->came;
}

bool StopSignal::WantsRestart() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->wants_restart;
}

}  // namespace pidfall::servers
