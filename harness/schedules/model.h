// Every contender of a contest, learnt: where the decision trees know a whole schedule, puppets
// carry it out, some hundred times as fast as the program does.
//
//   Model model(stage, safeguard);
//   model.Puppet(plan);         // one that does what is known; it throws NotKnown
//   model.Real(plan);           // one that the model learns from
//   model.Copied(plan);         // the same, without its start-up
//
// It is sound as long as the program is a function of its pid and of what its calls return. So each
// real start is compared with what is known; at the first drift the model is of no use any more.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/schedules/decision_tree.h"
#include "harness/tracer/contender.h"
#include "harness/tracer/prepared_start.h"
#include "harness/tracer/traced_start.h"

namespace pidfall {

class Model {
 public:
  Model(Stage& stage, const Safeguard& safeguard) : stage_(stage), safeguard_(safeguard) {}

  std::unique_ptr<Contender> Real(const StartPlan& plan);
  // A copy of a prepared start (prepared_start.h); a real one where none can be made.
  std::unique_ptr<Contender> Copied(const StartPlan& plan);
  std::unique_ptr<Contender> Puppet(const StartPlan& plan);

  // The first step that was another one than before with the same history; empty: none was.
  const std::string& drift() const { return drift_; }
  void NoteDrift(const std::string& what) { drift_ = what; }

 private:
  std::unique_ptr<Contender> Learning(const StartPlan& plan, HeldStart held);
  PreparedStart& PreparedFor(const StartPlan& plan);

  Stage& stage_;
  const Safeguard& safeguard_;
  std::map<int, PreparedStart> prepared_;  // by the port, which is in the command
  std::map<pid_t, DecisionTree> trees_;    // by the contender's pid, which is in what it writes
  std::string drift_;
};

}  // namespace pidfall
