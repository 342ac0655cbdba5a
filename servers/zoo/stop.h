// SIGTERM, SIGINT and SIGUSR2 (start again, in place): blocked from the first instruction, let in
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

// How long a defect holds its window open, so that a scenario meets it every time.
inline constexpr std::chrono::milliseconds kWideWindow{100};

void CatchStopSignals();
void ListenToStopSignals();  // for the defect that ignored them so far
bool StopRequested();
bool RestartRequested();  // and a stop with it
bool SupervisorGone();    // told only to the defect that cares

// Returns when a descriptor has news or a signal came.
void WaitForEvents(std::span<pollfd> polled);
void Dawdle(std::chrono::milliseconds time);

// While it lives, a stop signal ends the process at once: for waits that no signal interrupts.
class EndOnStopSignal {
 public:
  EndOnStopSignal();
  ~EndOnStopSignal();
  EndOnStopSignal(const EndOnStopSignal&) = delete;
  EndOnStopSignal& operator=(const EndOnStopSignal&) = delete;
};

}  // namespace pidfall::zoo
