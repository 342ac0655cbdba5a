#include "harness/supervisor/policy_settings.h"

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/daemontools.h"
#include "harness/supervisor/docker.h"
#include "harness/supervisor/kubernetes.h"
#include "harness/supervisor/launchd.h"
#include "harness/supervisor/monit.h"
#include "harness/supervisor/npm.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/pm2.h"
#include "harness/supervisor/procfile.h"
#include "harness/supervisor/runit.h"
#include "harness/supervisor/s6.h"
#include "harness/supervisor/supervisord.h"
#include "harness/supervisor/systemd.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

// `launchd:successful-exit` is SuccessfulExit=false, the one that people mean: restart failures.
const std::vector<std::pair<const char*, LaunchdRules>>& LaunchdSettings() {
  static const std::vector<std::pair<const char*, LaunchdRules>> settings = {
      {"keepalive", {.keep_alive = true}},
      {"successful-exit", {.successful_exit = false}},
      {"crashed", {.crashed = true}},
      {"not-crashed", {.crashed = false}},
      {"only-success", {.successful_exit = true}},
      {"run-at-load", {.run_at_load = true}},
  };
  return settings;
}

std::unique_ptr<Policy> MakeLaunchdOf(const std::string& setting, LaunchdEra era) {
  for (const auto& [name, rules] : LaunchdSettings()) {
    if (setting != name && !(setting.empty() && rules.keep_alive)) continue;
    LaunchdRules chosen = rules;
    chosen.era = era;
    return MakeLaunchdPolicy(chosen);
  }
  return nullptr;
}

// RESTART[:RestartSec]
std::unique_ptr<Policy> MakeSystemd(const std::string& setting) {
  const std::size_t colon = setting.find(':');
  const std::string word = setting.empty() ? "on-failure" : setting.substr(0, colon);
  const auto restart = ParseSystemdRestart(word);
  if (!restart) return nullptr;
  SystemdRules rules{.restart = *restart};
  if (colon != std::string::npos) rules.restart_sec = ParseDuration(setting.substr(colon + 1));
  return MakeSystemdPolicy(rules);
}

std::unique_ptr<Policy> MakeDocker(const std::string& setting) {
  return MakeDockerPolicy(ParseDockerRestart("docker", setting.empty() ? "always" : setting));
}

std::unique_ptr<Policy> MakeKubernetes(const std::string& setting) {
  return MakeKubernetesPolicy(ParsePodRestart("kubernetes", setting.empty() ? "Always" : setting));
}

std::unique_ptr<Policy> MakeSupervisord(const std::string& setting) {
  if (setting.empty()) return MakeSupervisordPolicy({});
  if (setting != "always") return nullptr;
  return MakeSupervisordPolicy({.restart = SupervisordRestart::kAlways});
}

std::unique_ptr<Policy> MakeMonit(const std::string& setting) {
  MonitRules rules;
  if (!setting.empty()) rules.cycle = ParseDuration(setting);
  if (rules.cycle <= SupervisorTime(0)) throw BadInput("monit: a cycle of no time at all");
  return MakeMonitPolicy(rules);
}

// The only setting is the bare name.
template <std::unique_ptr<Policy> (*kMake)()>
std::unique_ptr<Policy> MakeBare(const std::string& setting) {
  return setting.empty() ? kMake() : nullptr;
}

template <std::unique_ptr<Policy> (*kRead)(const std::string&)>
std::unique_ptr<Policy> ReadWhole(const FileAndName& from) {
  if (!from.name.empty()) throw BadInput(from.file, 0, "holds one service: #" + from.name);
  return kRead(from.file);
}

template <std::unique_ptr<Policy> (*kRead)(const std::string&, const std::string&)>
std::unique_ptr<Policy> ReadPart(const FileAndName& from) {
  return kRead(from.file, from.name);
}

std::unique_ptr<Policy> MakeLaunchd(const std::string& setting) {
  return MakeLaunchdOf(setting, LaunchdEra::kPublished);
}
std::unique_ptr<Policy> MakeMacos(const std::string& setting) {
  return MakeLaunchdOf(setting, LaunchdEra::kModern);
}
std::unique_ptr<Policy> ReadLaunchd(const std::string& file) { return ReadLaunchdPlist(file); }
std::unique_ptr<Policy> ReadMacos(const std::string& file) {
  return ReadLaunchdPlist(file, LaunchdEra::kModern);
}
std::unique_ptr<Policy> MakeRunit() { return MakeRunitPolicy(); }
std::unique_ptr<Policy> MakeS6() { return MakeS6Policy(); }
std::unique_ptr<Policy> MakeDaemontools() { return MakeDaemontoolsPolicy(); }
std::unique_ptr<Policy> MakePm2() { return MakePm2Policy({}); }
std::unique_ptr<Policy> MakeOpenrc() { return MakeOpenrcPolicy({}); }
std::vector<std::string> ProcfileNames(const std::string& file, const std::string& text) {
  std::vector<std::string> names;
  for (const ProcfileEntry& entry : ParseProcfile(file, text)) names.push_back(entry.name);
  return names;
}
std::unique_ptr<Policy> MakeProcfile() { return MakeProcfilePolicy(); }

}  // namespace

const std::vector<SupervisorSettings>& AllSupervisors() {
  static const std::vector<SupervisorSettings> all = {
      {"launchd",
       MakeLaunchd,
       ReadWhole<ReadLaunchd>,
       {"keepalive", "successful-exit", "crashed", "not-crashed", "only-success", "run-at-load"}},
      {"macos", MakeMacos, ReadWhole<ReadMacos>, {}},
      {"systemd", MakeSystemd, ReadWhole<ReadSystemdUnit>, {"on-failure", "always", "always:5s"}},
      {"docker", MakeDocker, nullptr, {"on-failure", "always"}},
      {"compose", nullptr, ReadPart<ReadComposeService>, {}, false, ComposeServices},
      {"kubernetes",
       MakeKubernetes,
       ReadPart<ReadKubernetesManifest>,
       {"Always", "OnFailure"},
       false,
       KubernetesContainers},
      {"supervisord",
       MakeSupervisord,
       ReadPart<ReadSupervisordProgram>,
       {"", "always"},
       false,
       SupervisordPrograms},
      {"runit", MakeBare<MakeRunit>, ReadWhole<ReadRunitFolder>, {""}, true},
      {"s6", MakeBare<MakeS6>, ReadWhole<ReadS6Folder>, {""}, true},
      {"daemontools", MakeBare<MakeDaemontools>, ReadWhole<ReadDaemontoolsFolder>, {""}, true},
      {"monit", MakeMonit, ReadPart<ReadMonitProcess>, {""}, false, MonitProcesses},
      {"pm2", MakeBare<MakePm2>, ReadPart<ReadPm2Ecosystem>, {""}, false, Pm2Applications},
      {"npm", nullptr, ReadWhole<ReadPackageJson>, {}},
      {"openrc", MakeBare<MakeOpenrc>, ReadWhole<ReadOpenrcScript>, {""}},
      {"procfile", MakeBare<MakeProcfile>, ReadPart<ReadProcfile>, {""}, true, ProcfileNames}};
  return all;
}

bool HasKubernetesKinds(const std::string& file) {
  const std::vector<YAML::Node> documents = LoadYaml(file, ReadText(file));
  return std::any_of(documents.begin(), documents.end(), [](const YAML::Node& document) {
    return document.IsMap() && document["kind"].IsDefined() && document["apiVersion"].IsDefined();
  });
}

}  // namespace pidfall
