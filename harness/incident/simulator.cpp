#include "harness/incident/simulator.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <exception>
#include <utility>

#include "harness/incident/log_wire.h"
#include "harness/incident/make_jobs.h"
#include "harness/run/runner.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A simulation has bounds of its own; this is for one that does not keep them.
constexpr seconds kBeyondItsBounds(60);

seconds BoundOf(const SimulationPlan& plan) {
  const auto own = plan.real_time ? plan.duration : SimulationLimits{}.whole;
  return std::chrono::ceil<seconds>(own) + kBeyondItsBounds;
}

// In the sandbox.
std::string Tell(const SimulationRequest& request, const Ground& ground, const World& world) {
  try {
    const auto jobs = MakeJobs(ground, request.commands, world);
    return EncodeLog(Simulate(request.plan, *jobs));
  } catch (const std::exception& error) {
    SimulationLog log;
    log.cut_short = error.what();
    return EncodeLog(log);
  }
}

Sandbox OpenFor(const SimulationRequest& request) {
  const Ground ground = GroundFor(request.commands, request.port, request.as_deployed);
  return Sandbox::Open(ground.sandbox,
                       [&](const World& world) { return Tell(request, ground, world); });
}

// One simulation under way.
class Running {
 public:
  explicit Running(const SimulationRequest& request)
      : sandbox_(OpenFor(request)),
        until_(std::chrono::steady_clock::now() + BoundOf(request.plan)) {}

  // False when an interrupt or the bound came first.
  bool Hear() {
    while (!Interrupted() && std::chrono::steady_clock::now() < until_) {
      if (AwaitMore() && !ReadMore()) return true;
    }
    return false;
  }

  SimulationLog Log() const { return DecodeLog(heard_); }

  void End() { sandbox_.Close(); }

 private:
  bool AwaitMore() const {
    const auto left = std::chrono::ceil<milliseconds>(until_ - std::chrono::steady_clock::now());
    pollfd event = {sandbox_.result(), POLLIN, 0};
    return poll(&event, 1, static_cast<int>(std::max<int64_t>(left.count(), 0))) > 0;
  }

  // False at the end of what it has to say.
  bool ReadMore() {
    std::array<char, 4096> chunk{};
    const ssize_t n = read(sandbox_.result(), chunk.data(), chunk.size());
    if (n > 0) heard_.append(chunk.data(), static_cast<std::size_t>(n));
    return n > 0 || (n < 0 && errno == EINTR);
  }

  Sandbox sandbox_;
  std::chrono::steady_clock::time_point until_;
  std::string heard_;
};

SimulationLog LogOf(Running& running, bool heard) {
  SimulationLog log;
  try {
    if (heard) return running.Log();
    log.cut_short = "the simulation went beyond its bounds";
  } catch (const std::exception& error) {
    log.cut_short = error.what();
  }
  return log;
}

}  // namespace

std::vector<SimulationLog> SimulateAll(const std::vector<SimulationRequest>& requests, int jobs) {
  std::vector<SimulationLog> logs;
  std::deque<Running> window;
  std::size_t next = 0;
  while (!Interrupted() && logs.size() < requests.size()) {
    while (next < requests.size() && window.size() < static_cast<std::size_t>(jobs)) {
      window.emplace_back(requests[next++]);
    }
    const bool heard = window.front().Hear();
    if (Interrupted()) break;
    logs.push_back(LogOf(window.front(), heard));
    window.front().End();
    window.pop_front();
  }
  for (Running& running : window) running.End();
  return logs;
}

}  // namespace pidfall
