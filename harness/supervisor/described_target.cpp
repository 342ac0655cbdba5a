#include "harness/supervisor/described_target.h"

#include <filesystem>
#include <memory>

#include "harness/input/secrets.h"
#include "harness/supervisor/policies.h"
#include "harness/target/target_file.h"

namespace pidfall {
namespace {

// A file is read again inside the sandbox, in another folder.
std::string Locate(const std::string& policy) {
  return policy.empty() ? policy : LocatePolicy(policy, std::filesystem::current_path());
}

Target TargetOfPolicy(const std::string& name) {
  const std::unique_ptr<Policy> policy = LookUpPolicy(name);
  const Job& job = policy->job();
  Target target{.command = job.command, .folder = job.working_directory};
  for (const auto& [variable, value] : job.environment) {
    target.environment.push_back(std::string(variable).append("=").append(value));
  }
  return target;
}

}  // namespace

Target DescribedTarget(const Description& description) {
  const auto& [policy, target_file, variant] = description;
  Target target{.folder = ""};
  if (!policy.empty()) target = TargetOfPolicy(policy);
  if (!target_file.empty()) target = ReadTargetFile(target_file, variant, LookUpPolicy);
  target.policy = Locate(policy.empty() ? target.policy : policy);
  for (const std::string& variable : target.environment) RememberSecret(variable);
  return target;
}

std::string DescribingFile(const Description& description) {
  const std::string& policy = description.policy;
  const std::string file = policy.empty() ? "" : FileOfPolicy(policy);
  return file.empty() ? description.target_file : file;
}

}  // namespace pidfall
