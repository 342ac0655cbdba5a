#include "harness/target/target_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/input/text_parts.h"
#include "harness/input/toml_table.h"
#include "harness/process/program_folder.h"
#include "harness/target/target_keys.h"

namespace pidfall {

namespace fs = std::filesystem;

namespace {

struct Place {
  std::string file;
  int line = 0;
};

// A target while it is read: later values win, only `arguments` adds up.
struct Draft {
  Target target{.folder = ""};
  std::vector<std::string> arguments;
  std::string older_variant;
  std::map<std::string, Place> said_at;  // by key, for errors that show only when all is read
  std::vector<std::string> variants;     // in the order of their lines
  bool has_variant = false;              // the one asked for
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
  for (const std::string& key : table.Keys()) draft.said_at[key] = {file, table.LineOf(key)};
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

// "v1, tls"
std::string Listed(const Draft& draft) {
  return draft.variants.empty() ? "none" : fmt::format("{}", fmt::join(draft.variants, ", "));
}

Draft ReadDraft(const std::string& file, const std::string& variant) {
  Draft draft;
  ReadOne(file, variant, kMostExtends, draft);
  if (!variant.empty() && !draft.has_variant) {
    throw BadInput(file, 0,
                   fmt::format("there is no variant '{}': it has {}", variant, Listed(draft)));
  }
  auto& command = draft.target.command;
  if (command.empty()) throw BadInput(file, 0, "command is missing");
  command.insert(command.end(), draft.arguments.begin(), draft.arguments.end());
  return draft;
}

[[noreturn]] void FailAt(const Draft& draft, const std::string& key, const std::string& message) {
  const Place& place = draft.said_at.at(key);
  throw BadInput(place.file, place.line, message);
}

void ReadOlderVariant(const std::string& path, Draft& draft) {
  const std::string& older = draft.older_variant;
  if (older.empty()) return;
  if (std::ranges::find(draft.variants, older) == draft.variants.end()) {
    FailAt(draft, "older_variant",
           fmt::format("'older_variant' names '{}', but this file has no such variant: it has {}",
                       older, Listed(draft)));
  }
  draft.target.older_command = ReadDraft(path, older).target.command;
}

void PlacePidFile(Draft& draft) {
  if (!draft.target.pid_file) return;
  try {
    draft.target.pid_file = PidFileIn(draft.target.folder, *draft.target.pid_file);
  } catch (const BadInput& error) {
    FailAt(draft, draft.target.file_has_pid ? "pid_file" : "lock_file", error.what());
  }
}

void CheckPolicy(const Draft& draft, const PolicyCheck& check) {
  if (draft.target.policy.empty() || !check) return;
  try {
    check(draft.target.policy);
  } catch (const BadInput& error) {
    FailAt(draft, "policy", std::string("policy: ") + error.what());
  }
}

void FillInPrograms(std::string& text) { ReplaceAll(text, "{programs}", ServersFolder()); }

}  // namespace

Target ReadTargetFile(const std::string& path, const std::string& variant,
                      const PolicyCheck& check) {
  Draft draft = ReadDraft(path, variant);
  ReadOlderVariant(path, draft);
  for (const TargetKey& key : TargetKeys()) key.for_each_text(draft.target, FillInPrograms);
  PlacePidFile(draft);
  CheckPolicy(draft, check);
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
