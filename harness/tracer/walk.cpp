#include "harness/tracer/walk.h"

namespace pidfall {
namespace {

// More than any safeguard needs: some targets write a log beside their pid file for ever.
constexpr int kMostCalls = 2000;

const char* Named(Point::Phase phase) { return phase == Point::kStart ? "its start" : "its stop"; }

}  // namespace

Walk::Walk(Stage& stage, const Safeguard& safeguard, const StartPlan& plan)
    : stage_(stage), start_(stage, safeguard, plan) {}

bool Walk::ThroughPhase(Point::Phase phase, const Visitor& visit) {
  const Duration bound = std::max<Duration>(stage_.target().start_timeout, kSettlesFor);
  for (int calls = 0; calls < kMostCalls; ++calls) {
    const ContenderEvent event = start_.Next(bound);
    if (event.kind == ContenderEvent::kOver) return false;
    if (event.kind == ContenderEvent::kRests) {
      if (phase == Point::kStop) cut_short_ = "it does not end on SIGTERM";
      rested_ = true;
      return false;
    }
    if (event.kind == ContenderEvent::kBound) break;
    const bool after = event.kind == ContenderEvent::kReturned;
    if (visit({phase, event.call.name, after}, event.call)) return true;
  }
  rested_ = phase == Point::kStart && start_.Serves();
  cut_short_ = std::string(Named(phase)) + " neither ended nor came to rest";
  return false;
}

bool Walk::ThroughStart(const Visitor& visit) { return ThroughPhase(Point::kStart, visit); }

bool Walk::Through(const Visitor& visit) {
  if (ThroughStart(visit)) return true;
  if (!rested_ || start_.Processes().empty()) return false;
  start_.Terminate();
  return ThroughPhase(Point::kStop, visit);
}

std::string Walk::NeverReached(const Point& point) const {
  return "it never came to " + point.Text() + " this time" +
         (cut_short_.empty() ? "" : ": " + cut_short_);
}

}  // namespace pidfall
