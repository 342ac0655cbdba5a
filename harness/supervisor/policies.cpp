#include "harness/supervisor/policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "harness/input/bad_input.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/supervisor_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// A supervisor, and the text after its name: a file or a setting.
struct Source {
  const SupervisorRow* supervisor = nullptr;
  std::string argument;
  bool is_file = false;
};

// The supervisors that the file may belong to, by its path.
std::vector<FileMatch> ToldByPath(const std::string& argument) {
  std::vector<FileMatch> matches = MatchesOf(SplitAtHash(argument).file);
  std::erase_if(matches,
                [](const FileMatch& match) { return match.kind->told_by != ToldBy::kPath; });
  return matches;
}

bool IsFileOf(const SupervisorRow& supervisor, const std::string& argument) {
  if (argument.empty() || supervisor.read == nullptr) return false;
  return supervisor.make == nullptr || argument.find('/') != std::string::npos ||
         !ToldByPath(argument).empty() || supervisor.argument_is_a_file;
}

[[noreturn]] void Refuse(const std::string& text) {
  throw BadInput(fmt::format(
      "no policy is called '{}'; there is {}, and a supervisor's file by its path: a plist, a "
      ".service, a compose file or a manifest with #NAME, runit:FOLDER and the like",
      text, fmt::join(PolicyNames(), ", ")));
}

Source SourceOf(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (const SupervisorRow* supervisor = SupervisorNamed(text.substr(0, colon))) {
    const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);
    return {supervisor, argument, IsFileOf(*supervisor, argument)};
  }
  const std::vector<FileMatch> matches = ToldByPath(text);
  if (matches.empty()) Refuse(text);
  return {matches.front().supervisor, text, true};
}

// The name of a YAML file does not tell its supervisor: the content does.
Source ReadableSource(const std::string& text) {
  Source source = SourceOf(text);
  if (source.argument != text) return source;
  const std::string file = SplitAtHash(text).file;
  for (const FileMatch& match : ToldByPath(text)) {
    if (match.kind->owns != nullptr && !match.kind->owns(file)) continue;
    source.supervisor = match.supervisor;
    break;
  }
  return source;
}

}  // namespace

std::unique_ptr<Policy> LookUpPolicy(const std::string& name_or_file) {
  const Source source = ReadableSource(name_or_file);
  const SupervisorRow& supervisor = *source.supervisor;
  if (source.is_file) return supervisor.read(SplitAtHash(source.argument));
  auto policy = supervisor.make == nullptr ? nullptr : supervisor.make(source.argument);
  if (policy == nullptr) Refuse(name_or_file);
  return policy;
}

std::vector<std::string> ServicesIn(const std::string& file) {
  const Source source = ReadableSource(file);
  const SupervisorRow& supervisor = *source.supervisor;
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
  return fmt::format("{}:{}", source.supervisor->name, located);
}

std::string FileOfPolicy(const std::string& name_or_file) {
  const Source source = SourceOf(name_or_file);
  return source.is_file ? SplitAtHash(source.argument).file : "";
}

const std::vector<std::string>& PolicyNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const SupervisorRow& supervisor : AllSupervisors()) {
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
