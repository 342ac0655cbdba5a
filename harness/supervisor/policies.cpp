#include "harness/supervisor/policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "harness/input/bad_input.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/policy_settings.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// A supervisor, and the text after its name: a file or a setting.
struct Source {
  std::string supervisor;
  std::string argument;
  bool is_file = false;
};

constexpr std::pair<const char*, const char*> kEndings[] = {
    {".plist", "launchd"}, {".service", "systemd"},  {".yaml", "yaml"},
    {".yml", "yaml"},      {".conf", "supervisord"}, {".ini", "supervisord"},
    {".json", "pm2"},      {"monitrc", "monit"},     {".initd", "openrc"}};

// The supervisor that the file belongs to, by the file's name. None: the name does not show it.
std::optional<std::string> SupervisorOfFile(const std::string& argument) {
  const std::string file = SplitAtHash(argument).file;
  const std::string name = fs::path(file).filename();
  if (name == "Procfile") return "procfile";
  if (name == "package.json") return "npm";
  if (fs::path(file).parent_path().filename() == "init.d") return "openrc";
  for (const auto& [ending, supervisor] : kEndings) {
    if (file.ends_with(ending)) return supervisor;
  }
  return std::nullopt;
}

bool IsFileOf(const SupervisorSettings& supervisor, const std::string& argument) {
  if (argument.empty() || supervisor.read == nullptr) return false;
  return supervisor.make == nullptr || argument.find('/') != std::string::npos ||
         SupervisorOfFile(argument).has_value() || supervisor.argument_is_a_file;
}

const SupervisorSettings* SupervisorNamed(const std::string& name) {
  const auto& all = AllSupervisors();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const SupervisorSettings& one) { return name == one.name; });
  return found == all.end() ? nullptr : &*found;
}

[[noreturn]] void Refuse(const std::string& text) {
  throw BadInput(fmt::format(
      "no policy is called '{}'; there is {}, and a supervisor's file by its path: a plist, a "
      ".service, a compose file or a manifest with #NAME, runit:FOLDER and the like",
      text, fmt::join(PolicyNames(), ", ")));
}

std::string SupervisorOfYaml(const std::string& argument) {
  return HasKubernetesKinds(SplitAtHash(argument).file) ? "kubernetes" : "compose";
}

Source SourceOf(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  if (const SupervisorSettings* supervisor = SupervisorNamed(name)) {
    const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
    return {name, argument, IsFileOf(*supervisor, argument)};
  }
  if (const auto supervisor = SupervisorOfFile(text)) return {*supervisor, text, true};
  Refuse(text);
}

// The name of a YAML file does not tell its supervisor: the content does.
Source ReadableSource(const std::string& text) {
  Source source = SourceOf(text);
  if (source.supervisor == "yaml") source.supervisor = SupervisorOfYaml(source.argument);
  return source;
}

}  // namespace

std::unique_ptr<Policy> LookUpPolicy(const std::string& name_or_file) {
  const Source source = ReadableSource(name_or_file);
  const SupervisorSettings& supervisor = *SupervisorNamed(source.supervisor);
  if (source.is_file) return supervisor.read(SplitAtHash(source.argument));
  auto policy = supervisor.make == nullptr ? nullptr : supervisor.make(source.argument);
  if (policy == nullptr) Refuse(name_or_file);
  return policy;
}

std::vector<std::string> ServicesIn(const std::string& file) {
  const Source source = ReadableSource(file);
  const SupervisorSettings& supervisor = *SupervisorNamed(source.supervisor);
  if (!source.is_file) Refuse(file);
  if (supervisor.names == nullptr) return {file};
  std::vector<std::string> services;
  for (const std::string& name : supervisor.names(source.argument, ReadText(source.argument))) {
    services.push_back(fmt::format("{}#{}", file, name));
  }
  return services;
}

std::string LocatePolicy(const std::string& name_or_file, const fs::path& folder) {
  const Source source = SourceOf(name_or_file);
  if (!source.is_file) return name_or_file;
  std::string located = fs::absolute(folder / source.argument).lexically_normal();
  if (source.argument == name_or_file) return located;
  return source.supervisor + ":" + located;
}

std::string FileOfPolicy(const std::string& name_or_file) {
  const Source source = SourceOf(name_or_file);
  return source.is_file ? SplitAtHash(source.argument).file : "";
}

const std::vector<std::string>& PolicyNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const SupervisorSettings& supervisor : AllSupervisors()) {
      for (const char* setting : supervisor.settings) {
        const bool bare = *setting == '\0';
        all.push_back(bare ? supervisor.name : fmt::format("{}:{}", supervisor.name, setting));
      }
    }
    return all;
  }();
  return names;
}

}  // namespace pidfall
