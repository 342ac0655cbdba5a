// A traced start and its stop, as a sequence of points at which it can be interrupted.
//
//   Walk walk(stage, safeguard, {.pid = 4000});
//   walk.Through([&](const Point& at, const NamedCall&) { return at == point; });
//   walk.start().Kill();   // at the point, or after its end
#pragma once

#include <functional>
#include <string>

#include "harness/tracer/traced_start.h"

namespace pidfall {

class Walk {
 public:
  Walk(Stage& stage, const Safeguard& safeguard, const StartPlan& plan);

  // Asked at each point; true: stop here.
  using Visitor = std::function<bool(const Point& point, const NamedCall& call)>;
  // Runs it through the start until it rests, and through its stop to its end. False: `visit` never
  // returned true.
  bool Through(const Visitor& visit);
  // The same for the start alone.
  bool ThroughStart(const Visitor& visit);

  TracedStart& start() { return start_; }
  bool rested() const { return rested_; }  // the start-up is over, and it is alive
  // The reason why it was not followed to its end; empty: it was.
  const std::string& cut_short() const { return cut_short_; }
  // One sentence that says that the point was not reached.
  std::string NeverReached(const Point& point) const;

 private:
  bool ThroughPhase(Point::Phase phase, const Visitor& visit);

  Stage& stage_;
  TracedStart start_;
  bool rested_ = false;
  std::string cut_short_;
};

}  // namespace pidfall
