#include "harness/schedules/model.h"

#include "harness/schedules/learning_start.h"
#include "harness/schedules/puppet_start.h"
#include "harness/stage/start.h"
#include "harness/tracer/exploration.h"

namespace pidfall {

std::unique_ptr<Contender> Model::Learning(const StartPlan& plan, HeldStart held) {
  return std::make_unique<LearningStart>(stage_, safeguard_, plan, std::move(held),
                                         trees_[plan.pid], drift_);
}

std::unique_ptr<Contender> Model::Real(const StartPlan& plan) {
  return Learning(plan, LaunchTraced(stage_, plan));
}

PreparedStart& Model::PreparedFor(const StartPlan& plan) {
  const auto known = prepared_.find(plan.port);
  if (known != prepared_.end()) return known->second;
  StartPlan original = plan;
  original.pid =
      PidToAskFor(stage_, kPreparedPid + kBetweenPids * static_cast<pid_t>(prepared_.size()));
  return prepared_.try_emplace(plan.port, stage_, safeguard_, original).first->second;
}

std::unique_ptr<Contender> Model::Copied(const StartPlan& plan) {
  auto held = PreparedFor(plan).Copy(plan.pid);
  return held ? Learning(plan, std::move(*held)) : Real(plan);
}

std::unique_ptr<Contender> Model::Puppet(const StartPlan& plan) {
  return std::make_unique<PuppetStart>(stage_, trees_[plan.pid], plan);
}

}  // namespace pidfall
