// SIGTERM and SIGINT, from the first instruction of main to the last: none is lost, none kills it.
//
//   BlockStopSignals();                              // before the first thread
//   StopSignal stop;
//   guard->BeforeBind();                             // may stand by for ever
//   stop.PastGuard();
//   stop.OnStop([&] { shutdown(socket, SHUT_RDWR); });  // at once when a signal came already
#pragma once

#include <signal.h>

#include <chrono>
#include <functional>
#include <memory>

namespace pidfall::servers {

// A start that is not past its guard this long after a stop signal stands by. It holds nothing yet,
// so it ends at once.
inline constexpr std::chrono::milliseconds kStandbyGrace{250};

// Restarts in place, as nginx and gunicorn do: ends as usual, then executes the program anew with
// the same pid.
inline constexpr int kRestartSignal = SIGUSR2;

void BlockStopSignals();

class StopSignal {
 public:
  StopSignal();  // waits for the signals in a thread of its own
  void PastGuard();
  void OnStop(std::function<void()> stop);
  bool Came() const;
  bool WantsRestart() const;

 private:
  struct State;
  static void WaitForSignal(const std::shared_ptr<State>& state);
  static bool IsMeant(int signal, State& state);

  std::shared_ptr<State> state_;
};

}  // namespace pidfall::servers
