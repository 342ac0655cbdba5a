#include "harness/supervisor/supervisor_table.h"

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/compose.h"
#include "harness/supervisor/daemontools.h"
#include "harness/supervisor/docker.h"
#include "harness/supervisor/file_content.h"
#include "harness/supervisor/kubernetes.h"
#include "harness/supervisor/kubernetes_manifest.h"
#include "harness/supervisor/launchd.h"
#include "harness/supervisor/launchd_plist.h"
#include "harness/supervisor/monit.h"
#include "harness/supervisor/monitrc.h"
#include "harness/supervisor/npm.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/openrc_script.h"
#include "harness/supervisor/pm2.h"
#include "harness/supervisor/pm2_ecosystem.h"
#include "harness/supervisor/procfile.h"
#include "harness/supervisor/runit.h"
#include "harness/supervisor/s6.h"
#include "harness/supervisor/supervisord.h"
#include "harness/supervisor/supervisord_conf.h"
#include "harness/supervisor/systemd.h"
#include "harness/supervisor/systemd_unit.h"

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

template <std::unique_ptr<Policy> (*kParse)(const std::string&, const std::string&)>
std::unique_ptr<Policy> ParseWhole(const std::string& file, const std::string& text,
                                   const std::string& /*name*/) {
  return kParse(file, text);
}
std::unique_ptr<Policy> ParseLaunchd(const std::string& file, const std::string& text) {
  return ParseLaunchdPlist(file, text);
}
std::unique_ptr<Policy> ParseSystemd(const std::string& file, const std::string& text) {
  return ParseSystemdUnit({{file, text}});
}
std::unique_ptr<Policy> ParseCompose(const std::string& file, const std::string& text,
                                     const std::string& name) {
  return ParseComposeService(file, text, name);
}
std::unique_ptr<Policy> ParseMonit(const std::string& file, const std::string& text,
                                   const std::string& name) {
  return ParseMonitProcess(file, text, name);
}
std::unique_ptr<Policy> ParseOpenrc(const std::string& file, const std::string& text) {
  return ParseOpenrcScript(file, text);
}

}  // namespace

const std::vector<SupervisorRow>& AllSupervisors() {
  static const std::vector<SupervisorRow> all = {
      {.name = "launchd",
       .make = MakeLaunchd,
       .settings = {"keepalive", "successful-exit", "crashed", "not-crashed", "only-success",
                    "run-at-load"},
       .read = ReadWhole<ReadLaunchd>,
       .parse = ParseWhole<ParseLaunchd>,
       .files = {{.name = R"(.+\.plist)", .looks_right = LooksLikeLaunchdJob},
                 {.name = R"(.+\.plist)",
                  .looks_right = LooksLikeAnything,
                  .folder = R"((.*/)?Launch(Agents|Daemons))"}},
       .machine_places = {"/Library/LaunchDaemons", "/Library/LaunchAgents",
                          "~/Library/LaunchAgents"}},
      {.name = "macos", .make = MakeMacos, .read = ReadWhole<ReadMacos>},
      {.name = "systemd",
       .make = MakeSystemd,
       .settings = {"on-failure", "always", "always:5s"},
       .read = ReadWhole<ReadSystemdUnit>,
       .parse = ParseWhole<ParseSystemd>,
       .files = {{.name = R"(.+\.service)", .looks_right = LooksLikeUnit}},
       .machine_places = {"/etc/systemd/system", "/run/systemd/system",
                          "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                          "~/.config/systemd/user", "/etc/systemd/user"}},
      {.name = "docker", .make = MakeDocker, .settings = {"on-failure", "always"}},
      {.name = "compose",
       .read = ReadPart<ReadComposeService>,
       .names = ComposeServices,
       .parse = ParseCompose,
       .files = {{.name = R"(.+\.ya?ml)", .looks_right = LooksLikeCompose},
                 {.name = R"((docker-)?compose(\..+)?\.ya?ml)", .looks_right = LooksLikeAnything}}},
      {.name = "kubernetes",
       .make = MakeKubernetes,
       .settings = {"Always", "OnFailure"},
       .read = ReadPart<ReadKubernetesManifest>,
       .names = KubernetesContainers,
       .parse = ParseKubernetesManifest,
       .files = {{.name = R"(.+\.ya?ml)",
                  .looks_right = LooksLikeManifest,
                  .owns = HasKubernetesKinds}}},
      {.name = "supervisord",
       .make = MakeSupervisord,
       .settings = {"", "always"},
       .read = ReadPart<ReadSupervisordProgram>,
       .names = SupervisordPrograms,
       .parse = ParseSupervisordProgram,
       .files = {{.name = R"(.+\.(conf|ini))", .looks_right = LooksLikeSupervisordConf}},
       .machine_places = {"/etc/supervisor", "/etc/supervisord.conf", "/etc/supervisord.d"}},
      {.name = "runit",
       .make = MakeBare<MakeRunit>,
       .settings = {""},
       .read = ReadWhole<ReadRunitFolder>,
       .argument_is_a_file = true,
       .machine_places = {"/etc/sv", "/etc/service"}},
      {.name = "s6",
       .make = MakeBare<MakeS6>,
       .settings = {""},
       .read = ReadWhole<ReadS6Folder>,
       .argument_is_a_file = true},
      {.name = "daemontools",
       .make = MakeBare<MakeDaemontools>,
       .settings = {""},
       .read = ReadWhole<ReadDaemontoolsFolder>,
       .argument_is_a_file = true,
       .machine_places = {"/service"}},
      {.name = "monit",
       .make = MakeMonit,
       .settings = {""},
       .read = ReadPart<ReadMonitProcess>,
       .names = MonitProcesses,
       .parse = ParseMonit,
       .files = {{.name = ".*monitrc", .looks_right = LooksLikeMonitControl},
                 {.name = R"(.+\.monit)",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeMonitControl},
                 {.name = ".+",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeMonitControl,
                  .folder = R"(.*/monit(\.d)?|monit/conf(\.d|-enabled))"}},
       .machine_places = {"/etc/monit", "/etc/monitrc", "/etc/monit.d"}},
      {.name = "pm2",
       .make = MakeBare<MakePm2>,
       .settings = {""},
       .read = ReadPart<ReadPm2Ecosystem>,
       .names = Pm2Applications,
       .parse = ParsePm2Ecosystem,
       .files = {{.name = R"(.+\.json)"},
                 {.name = R"((ecosystem|pm2|process)(\..+)?\.(json|ya?ml))",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeEcosystem}}},
      {.name = "npm",
       .read = ReadWhole<ReadPackageJson>,
       .parse = ParseWhole<ParsePackageJson>,
       .files = {{.name = R"(package\.json)", .looks_right = LooksLikePackageJson}}},
      {.name = "openrc",
       .make = MakeBare<MakeOpenrc>,
       .settings = {""},
       .read = ReadWhole<ReadOpenrcScript>,
       .parse = ParseWhole<ParseOpenrc>,
       .files = {{.name = R"(.+\.initd)", .looks_right = LooksLikeOpenrcScript},
                 {.name = R"(.+\.openrc)",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeOpenrcScript},
                 {.name = ".+", .looks_right = LooksLikeOpenrcScript, .folder = R"((.*/)?init\.d)"},
                 {.name = ".+",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeOpenrcScript,
                  .folder = R"(.*/openrc)"}},
       .machine_places = {"/etc/init.d"}},
      {.name = "procfile",
       .make = MakeBare<MakeProcfile>,
       .settings = {""},
       .read = ReadPart<ReadProcfile>,
       .argument_is_a_file = true,
       .names = ProcfileNames,
       .parse = ParseProcfileEntry,
       .files = {{.name = "Procfile", .looks_right = LooksLikeAnything},
                 {.name = R"(Procfile\..+)",
                  .told_by = ToldBy::kPrefix,
                  .looks_right = LooksLikeAnything}}}};
  return all;
}

const SupervisorRow* SupervisorNamed(const std::string& name) {
  const auto& all = AllSupervisors();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const SupervisorRow& one) { return name == one.name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace pidfall
