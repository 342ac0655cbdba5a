// A traced start and its stop, as the sequence of points between which it can be interrupted.
//
//   Walk walk(stage, safeguard, {.pid = 4000});
//   const bool reached = walk.To(ParsePoint("stop:before:unlink(x.pid)"));
//   walk.start().Kill();
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
  // Through the start to where it rests, and through its stop to its end. False: `visit` never
  // stopped it.
  bool Through(const Visitor& visit);
  // The same for the start alone.
  bool ThroughStart(const Visitor& visit);
  bool To(const Point& point);

  TracedStart& start() { return start_; }
  bool rested() const { return rested_; }  // the start was over, and it was there
  // Why it was not followed to its end; empty: it was.
  const std::string& cut_short() const { return cut_short_; }
  // In one sentence.
  std::string NeverReached(const Point& point) const;

 private:
  bool ThroughPhase(Point::Phase phase, const Visitor& visit);

  Stage& stage_;
  TracedStart start_;
  bool rested_ = false;
  std::string cut_short_;
};

}  // namespace pidfall
