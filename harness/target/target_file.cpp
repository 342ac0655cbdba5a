#include "harness/target/target_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/input/toml_table.h"
#include "harness/process/program_folder.h"
#include "harness/target/target_keys.h"

namespace pidfall {

namespace fs = std::filesystem;

namespace {

// A target while it is read: later values win, only `arguments` adds up.
struct Draft {
  Target target{.folder = ""};
  std::vector<std::string> arguments;
  std::string older_variant;
  std::string pid_file_said_in;
  int pid_file_said_at = 0;
  std::vector<std::string> variants;  // in the order of their lines
  bool has_variant = false;           // the one asked for
};

constexpr int kMostExtends = 8;

void ReadKeys(const std::string& file, TomlTable& table, Draft& draft) {
  for (const TargetKey& key : TargetKeys()) {
    if (table.Has(key.name)) key.read(table, key.name, draft.target);
  }
  if (table.Has("arguments")) {
    const auto more = table.Texts("arguments");
    draft.arguments.insert(draft.arguments.end(), more.begin(), more.end());
  }
  if (table.Has("older_variant")) draft.older_variant = table.Text("older_variant");
  for (const char* key : {"pid_file", "lock_file"}) {
    if (!table.Has(key)) continue;
    draft.pid_file_said_in = file;
    draft.pid_file_said_at = table.LineOf(key);
  }
}

// All are read, so that a mistake in a variant shows before it is used.
void ReadVariants(const std::string& file, const std::string& asked, TomlTable variants,
                  Draft& draft) {
  const Draft without = draft;
  auto names = variants.Keys();
  std::ranges::sort(names, {}, [&](const std::string& name) { return variants.LineOf(name); });
  for (const std::string& name : names) {
    TomlTable table = variants.Table(name);
    Draft with = without;
    ReadKeys(file, table, with);
    table.Done();
    if (name == asked) draft = with;
    draft.has_variant |= name == asked;
  }
  draft.variants.insert(draft.variants.end(), names.begin(), names.end());
}

// First the file that this one extends, then its own keys, then its variant's.
void ReadOne(const std::string& file, const std::string& variant, int extends_left, Draft& draft) {
  const toml::table parsed = ParseToml(file);
  TomlTable table(file, parsed);
  if (table.Has("extends")) {
    const std::string other = fs::path(file).parent_path() / table.Text("extends");
    if (extends_left == 0) table.Fail("extends", "one file extends another too many times");
    ReadOne(other, variant, extends_left - 1, draft);
  }
  ReadKeys(file, table, draft);
  if (table.Has("variant")) ReadVariants(file, variant, table.Table("variant"), draft);
  table.Done();
}

Draft ReadDraft(const std::string& file, const std::string& variant) {
  Draft draft;
  ReadOne(file, variant, kMostExtends, draft);
  if (!variant.empty() && !draft.has_variant) {
    throw BadInput(file, 0,
                   fmt::format("there is no variant '{}', only: {}", variant,
                               fmt::join(draft.variants, ", ")));
  }
  auto& command = draft.target.command;
  if (command.empty()) throw BadInput(file, 0, "command is missing");
  command.insert(command.end(), draft.arguments.begin(), draft.arguments.end());
  return draft;
}

void PlacePidFile(Draft& draft) {
  if (!draft.target.pid_file) return;
  try {
    draft.target.pid_file = PidFileIn(draft.target.folder, *draft.target.pid_file);
  } catch (const BadInput& error) {
    throw BadInput(draft.pid_file_said_in, draft.pid_file_said_at, error.what());
  }
}

void FillInPrograms(std::string& text) {
  constexpr std::string_view kPlace = "{programs}";
  for (size_t at = 0; (at = text.find(kPlace)) != std::string::npos;) {
    text.replace(at, kPlace.size(), ServersFolder());
  }
}

void FillInPrograms(Target& target) {
  for (std::string& word : target.command) FillInPrograms(word);
  for (std::string& word : target.older_command) FillInPrograms(word);
  for (std::string& command : target.also) FillInPrograms(command);
  FillInPrograms(target.stop_command);
  FillInPrograms(target.status_command);
}

}  // namespace

Target ReadTargetFile(const std::string& path, const std::string& variant) {
  Draft draft = ReadDraft(path, variant);
  if (!draft.older_variant.empty()) {
    draft.target.older_command = ReadDraft(path, draft.older_variant).target.command;
  }
  PlacePidFile(draft);
  FillInPrograms(draft.target);
  return draft.target;
}

std::string PidFileIn(const fs::path& folder, const std::string& path) {
  if (path == "{pid_file}") return path;
  const fs::path file = fs::absolute(folder / path);
  std::error_code error;
  if (fs::is_directory(file, error) || !file.has_filename()) {
    throw BadInput("the pid file '" + file.string() + "' is a folder: name the file in it");
  }
  if (error == std::errc::not_a_directory) {
    throw BadInput("the pid file '" + file.string() + "': " + error.message());
  }
  return file;
}

std::string TargetFileText(const Target& target) {
  toml::table table;
  for (const TargetKey& key : TargetKeys()) key.write(target, key.name, table);
  std::ostringstream out;
  out << "# pidfall check --target THIS-FILE (docs/target-file.md has every key)\n"
      << table << "\n";
  return out.str();
}

}  // namespace pidfall
