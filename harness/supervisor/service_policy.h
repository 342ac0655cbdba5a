// The base of most policies: the service that a file describes, and a start as soon as one is
// asked for. A policy adds its rule.
//
//   class RunitPolicy : public ServicePolicy { using ServicePolicy::ServicePolicy; ... };
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

struct Service {
  Job job;
  std::vector<std::string> notes;
};

class ServicePolicy : public Policy {
 public:
  explicit ServicePolicy(Service service) : service_(std::move(service)) {}

  Decision Asked(const std::vector<EndedRun>&, SupervisorTime now) const override {
    return {now, "asked"};
  }
  bool EndsProcessGroup() const override { return false; }
  const Job& job() const override { return service_.job; }
  const std::vector<std::string>& Notes() const override { return service_.notes; }

 private:
  Service service_;
};

}  // namespace pidfall
