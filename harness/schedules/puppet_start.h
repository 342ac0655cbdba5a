// A start without the program: a puppet makes the calls that the decision tree says.
//
//   PuppetStart start(stage, tree, plan);
//   start.Next(bound);          // throws NotKnown where no real start came yet
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "harness/schedules/decision_tree.h"
#include "harness/schedules/puppet.h"
#include "harness/tracer/contender.h"
#include "harness/tracer/traced_start.h"

namespace pidfall {

// Only a start of the real program can tell what comes next.
struct NotKnown : std::exception {
  explicit NotKnown(std::string only_real = "") : why(std::move(only_real)) {}
  std::string why;  // no puppet can ever do it; empty: one may, once a real start came there
};

class PuppetStart : public Contender {
 public:
  PuppetStart(const Stage& stage, const DecisionTree& tree, const StartPlan& plan)
      : stage_(stage), tree_(tree), port_(plan.port), puppet_(plan.pid) {}

  ContenderEvent Next(Duration bound) override;
  void Terminate() override;
  void Kill() override { puppet_.Kill(); }
  pid_t pid() const override { return puppet_.pid(); }
  std::vector<pid_t> Processes() const override;
  const std::optional<Ending>& ending() const override { return ending_; }
  bool RunsAgain() const override { return phase_ == kMaking && puppet_.IsDone(); }
  bool LooksBeyond() const override { return false; }  // no puppet can
  bool Serves() const override;
  const std::string& Output() override { return output_; }

 private:
  enum Phase { kBefore, kHeld, kMaking, kAsleep };

  const Step& Now() const;
  std::optional<ContenderEvent> Go();
  std::optional<ContenderEvent> GoOn(const Step& step);
  ContenderEvent Return(const Step& step);
  int64_t FollowAnswer(const Step& step);
  int64_t Follow(const std::string& result);

  const Stage& stage_;
  const DecisionTree& tree_;
  int port_;
  Puppet puppet_;
  DecisionTree::Place place_ = DecisionTree::kRoot;
  Phase phase_ = kBefore;
  SeenFiles seen_;
  std::optional<Ending> ending_;
  std::string output_;
};

}  // namespace pidfall
