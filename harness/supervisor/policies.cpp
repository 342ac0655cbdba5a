#include "harness/supervisor/policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/input/bad_input.h"
#include "harness/supervisor/launchd.h"

namespace pidfall {
namespace {

struct Named {
  const char* name;
  LaunchdRules rules;
};

// `launchd:successful-exit` is SuccessfulExit=false, the one that people mean: restart failures.
const std::vector<Named>& Table() {
  static const std::vector<Named> table = {
      {"launchd:keepalive", {.keep_alive = true}},
      {"launchd:successful-exit", {.successful_exit = false}},
      {"launchd:crashed", {.crashed = true}},
      {"launchd:not-crashed", {.crashed = false}},
      {"launchd:only-success", {.successful_exit = true}},
      {"launchd:run-at-load", {.run_at_load = true}},
  };
  return table;
}

// A bare supervisor's name means the setting that its users meet first.
constexpr std::pair<const char*, const char*> kShort[] = {{"launchd", "launchd:keepalive"}};

constexpr const char* kLater[] = {"systemd", "docker",      "kubernetes", "supervisord", "runit",
                                  "s6",      "daemontools", "monit",      "pm2",         "openrc"};

bool IsFile(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".plist");
}

[[noreturn]] void Refuse(const std::string& name) {
  const std::string supervisor = name.substr(0, name.find(':'));
  const bool unit = name.ends_with(".service");
  if (unit || std::find(std::begin(kLater), std::end(kLater), supervisor) != std::end(kLater)) {
    throw BadInput(fmt::format("policy '{}' arrives with a later version; this one has {}", name,
                               fmt::join(PolicyNames(), ", ")));
  }
  throw BadInput(
      fmt::format("no policy is called '{}'; there is {}, and a launchd plist by its "
                  "path",
                  name, fmt::join(PolicyNames(), ", ")));
}

}  // namespace

std::unique_ptr<Policy> LookUpPolicy(const std::string& name_or_file) {
  if (name_or_file.ends_with(".service")) Refuse(name_or_file);
  if (IsFile(name_or_file)) return ReadLaunchdPlist(name_or_file);
  std::string name = name_or_file;
  for (const auto& [bare, full] : kShort) {
    if (name == bare) name = full;
  }
  for (const Named& policy : Table()) {
    if (name == policy.name) return MakeLaunchdPolicy(policy.rules);
  }
  Refuse(name_or_file);
}

const std::vector<std::string>& PolicyNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Named& policy : Table()) all.emplace_back(policy.name);
    return all;
  }();
  return names;
}

}  // namespace pidfall
