// Docker's restart policies, by themselves and in a compose file.
//
//   auto policy = MakeDockerPolicy({.restart = DockerRestart::kOnFailure, .most_restarts = 3});
//   auto theirs = ReadComposeService("compose.yaml", "web");   // throws BadInput
//
// https://github.com/moby/moby/blob/v24.0.7/restartmanager/restartmanager.go
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/compose_variables.h"
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

// With no service named, the only one of the file. Its variables are our environment's and those of
// `.env` beside it; in a text by itself, what `lookup` has.
std::unique_ptr<Policy> ReadComposeService(const std::string& file, const std::string& service);
std::unique_ptr<Policy> ParseComposeService(const std::string& name, const std::string& text,
                                            const std::string& service,
                                            const VariableLookup& lookup = NoVariable);
std::vector<std::string> ComposeServices(const std::string& name, const std::string& text);

}  // namespace pidfall
