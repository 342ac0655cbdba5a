#include "harness/schedules/model.h"

#include "harness/schedules/learning_start.h"
#include "harness/schedules/puppet_start.h"

namespace pidfall {

std::unique_ptr<Contender> Model::Real(const StartPlan& plan) {
  return std::make_unique<LearningStart>(stage_, safeguard_, plan, trees_[plan.pid], drift_);
}

std::unique_ptr<Contender> Model::Puppet(const StartPlan& plan) {
  const int port = stage_.target().port ? plan.port : 0;
  return std::make_unique<PuppetStart>(trees_[plan.pid], plan.pid, port);
}

}  // namespace pidfall
