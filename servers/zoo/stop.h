// SIGTERM, SIGINT and SIGUSR2 (restart in place): blocked from the first instruction, unblocked
// only where the server waits.
//
//   CatchStopSignals();
//   while (!StopRequested()) WaitForEvents(polled);
#pragma once

#include <poll.h>
#include <signal.h>

#include <chrono>
#include <span>

namespace pidfall::zoo {

// How long a defect waits in its critical moment, so that a scenario meets it every time.
inline constexpr std::chrono::milliseconds kWideWindow{100};

void CatchStopSignals();
void ListenToStopSignals();  // for the defect that ignores them until then
bool StopRequested();
bool RestartRequested();  // then StopRequested() is true as well
bool SupervisorGone();    // true only for the defect that uses it

// Returns when a descriptor is ready or a signal came.
void WaitForEvents(std::span<pollfd> polled);
void Dawdle(std::chrono::milliseconds time);

// While it exists, a stop signal ends the process at once: for waits that no signal interrupts.
class EndOnStopSignal {
 public:
  EndOnStopSignal();
  ~EndOnStopSignal();
  EndOnStopSignal(const EndOnStopSignal&) = delete;
  EndOnStopSignal& operator=(const EndOnStopSignal&) = delete;
};

}  // namespace pidfall::zoo
