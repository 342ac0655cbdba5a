#include "harness/schedules/model.h"

#include "harness/schedules/learning_start.h"
#include "harness/schedules/puppet_start.h"

namespace pidfall {

std::unique_ptr<Contender> Model::Real(const StartPlan& plan) {
  return std::make_unique<LearningStart>(stage_, safeguard_, plan, trees_[plan.pid], drift_);
}

std::unique_ptr<Contender> Model::Puppet(const StartPlan& plan) {
  return std::make_unique<PuppetStart>(stage_, trees_[plan.pid], plan);
}

}  // namespace pidfall
