// Docker's restart policies.
//
//   auto policy = MakeDockerPolicy({.restart = DockerRestart::kOnFailure, .most_restarts = 3});
//
// https://github.com/moby/moby/blob/v24.0.7/restartmanager/restartmanager.go
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

enum class DockerRestart { kNo, kOnFailure, kAlways, kUnlessStopped };

struct DockerRules {
  DockerRestart restart = DockerRestart::kNo;
  int most_restarts = 0;  // of on-failure; 0: without end
  SupervisorTime stop_grace = std::chrono::seconds(10);
};

std::unique_ptr<Policy> MakeDockerPolicy(const DockerRules& rules, Service service = {});

// `no`, `on-failure`, `on-failure:3`, `always` or `unless-stopped`, as `docker run --restart` and
// compose's `restart:` take it. Throws BadInput; `where` begins its message.
DockerRules ParseDockerRestart(const std::string& where, const std::string& text);

}  // namespace pidfall
