#include "harness/target/bundled.h"

#include <filesystem>

#include "harness/input/toml_table.h"
#include "harness/process/program_folder.h"
#include "harness/target/target_file.h"

namespace pidfall {
namespace {

struct RunIndex {
  std::vector<std::string> servers, guards;
};

RunIndex ReadRunIndex() {
  const std::string file = TargetsFolder() + "/run.toml";
  const toml::table parsed = ParseToml(file);
  TomlTable table(file, parsed);
  RunIndex index{.servers = table.Texts("servers"), .guards = table.Texts("guards")};
  table.Done();
  if (index.servers.empty()) table.Fail("servers", "'servers' names none");
  return index;
}

const RunIndex& Index() {
  static const RunIndex index = ReadRunIndex();
  return index;
}

}  // namespace

std::string TargetsFolder() {
  const std::string installed = ProgramFolder() + "/../share/pidfall/targets";
  return std::filesystem::is_directory(installed) ? installed : PIDFALL_TARGETS;
}

const std::vector<std::string>& BundledServers() { return Index().servers; }

const std::string& DefaultServer() { return Index().servers.front(); }

const std::vector<std::string>& Strategies() { return Index().guards; }

Target BundledTarget(const std::string& server, const std::string& guard) {
  Target target = ReadTargetFile(TargetsFolder() + '/' + server + ".toml", guard);
  if (target.folder.empty()) target.folder = "/";
  return target;
}

}  // namespace pidfall
