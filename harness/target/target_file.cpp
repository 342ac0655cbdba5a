#include "harness/target/target_file.h"

#include <toml++/toml.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/process/fd.h"

namespace pidfall {

namespace fs = std::filesystem;

namespace {

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Target Read() {
    const toml::table table = Parse();
    Target target{.folder = ""};
    const auto keys = KeysOf(target);
    for (const auto& [key, node] : table) {
      const auto known = keys.find(key.str());
      if (known == keys.end()) Refuse(node, "'" + std::string(key.str()) + "' is not a known key");
      known->second(node);
    }
    if (target.command.empty()) throw BadInput(path_, 0, "command is missing");
    if (target.pid_file) PlacePidFile(*table.get("pid_file"), target);
    return target;
  }

 private:
  using Store = std::function<void(const toml::node&)>;

  toml::table Parse() const {
    try {
      return toml::parse(ReadFile(path_), path_);
    } catch (const toml::parse_error& error) {
      throw BadInput(path_, static_cast<int>(error.source().begin.line),
                     std::string(error.description()));
    } catch (const std::system_error& error) {
      throw BadInput(error.what());
    }
  }

  [[noreturn]] void Refuse(const toml::node& node, const std::string& why) const {
    throw BadInput(path_, static_cast<int>(node.source().begin.line), why);
  }

  std::string Text(const toml::node& node) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) Refuse(node, "a text is wanted here");
    return *value;
  }

  std::vector<std::string> Texts(const toml::node& node) const {
    std::vector<std::string> texts;
    const toml::array* array = node.as_array();
    if (array == nullptr || array->empty()) Refuse(node, "a list of texts is wanted here");
    for (const toml::node& element : *array) texts.push_back(Text(element));
    return texts;
  }

  int Number(const toml::node& node, int least, int most) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < least || *value > most) {
      Refuse(node, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                       " is wanted here");
    }
    return static_cast<int>(*value);
  }

  std::chrono::seconds Seconds(const toml::node& node) const {
    try {
      return std::chrono::ceil<std::chrono::seconds>(ParseDuration(Text(node)));
    } catch (const BadInput& error) {
      Refuse(node, error.what());
    }
  }

  // When all is read: the folder that it is in may be said after it.
  void PlacePidFile(const toml::node& node, Target& target) const {
    try {
      target.pid_file = PidFileIn(target.folder, *target.pid_file);
    } catch (const BadInput& error) {
      Refuse(node, error.what());
    }
  }

  std::map<std::string, Store, std::less<>> KeysOf(Target& target) const {
    constexpr int kLastPort = 65535, kLastStatus = 255;
    return {
        {"command", [&](const toml::node& n) { target.command = Texts(n); }},
        {"port", [&](const toml::node& n) { target.port = Number(n, 1, kLastPort); }},
        {"pid_file", [&](const toml::node& n) { target.pid_file = Text(n); }},
        {"health", [&](const toml::node& n) { target.health_path = Text(n); }},
        {"duplicate_exit",
         [&](const toml::node& n) { target.duplicate_exit = Number(n, 0, kLastStatus); }},
        {"folder", [&](const toml::node& n) { target.folder = Text(n); }},
        {"start_timeout", [&](const toml::node& n) { target.start_timeout = Seconds(n); }},
        {"with", [&](const toml::node& n) { target.needs = Texts(n); }},
        {"stop_command", [&](const toml::node& n) { target.stop_command = Text(n); }},
        {"status_command", [&](const toml::node& n) { target.status_command = Text(n); }},
    };
  }

  std::string path_;
};

toml::array ArrayOf(const std::vector<std::string>& texts) {
  toml::array array;
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

}  // namespace

Target ReadTargetFile(const std::string& path) { return Reader(path).Read(); }

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
  table.insert("command", ArrayOf(target.command));
  table.insert("folder", target.folder);
  if (target.port) table.insert("port", *target.port);
  if (target.pid_file) table.insert("pid_file", *target.pid_file);
  table.insert("health", target.health_path);
  if (target.duplicate_exit && target.duplicate_is_declared) {
    table.insert("duplicate_exit", *target.duplicate_exit);
  }
  table.insert("start_timeout", std::to_string(target.start_timeout.count()) + "s");
  if (!target.needs.empty()) table.insert("with", ArrayOf(target.needs));
  if (!target.stop_command.empty()) table.insert("stop_command", target.stop_command);
  if (!target.status_command.empty()) table.insert("status_command", target.status_command);
  std::ostringstream out;
  out << "# pidfall check --target THIS-FILE\n" << table << "\n";
  return out.str();
}

}  // namespace pidfall
