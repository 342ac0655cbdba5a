#include "harness/target/target_keys.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "harness/input/bad_input.h"
#include "harness/kernel/endpoint.h"

namespace pidfall {
namespace {

constexpr int kLastStatus = 255;

template <std::string Target::*kMember>
constexpr TargetKey Text(std::string_view name) {
  return {name,
          [](TomlTable& table, std::string_view key, Target& target) {
            target.*kMember = table.Text(key);
          },
          [](const Target& target, std::string_view key, toml::table& table) {
            if (!(target.*kMember).empty()) table.insert(key, target.*kMember);
          },
          [](Target& target, void (*change)(std::string&)) { change(target.*kMember); }};
}

template <std::vector<std::string> Target::*kMember>
constexpr TargetKey List(std::string_view name) {
  return {name,
          [](TomlTable& table, std::string_view key, Target& target) {
            target.*kMember = table.Texts(key);
          },
          [](const Target& target, std::string_view key, toml::table& table) {
            toml::array texts;
            for (const std::string& text : target.*kMember) texts.push_back(text);
            if (!texts.empty()) table.insert(key, texts);
          },
          [](Target& target, void (*change)(std::string&)) {
            std::ranges::for_each(target.*kMember, change);
          }};
}

constexpr TargetKey kPort = {"port",
                             [](TomlTable& table, std::string_view key, Target& target) {
                               target.port = table.Number(key, 1, kLastPort);
                             },
                             [](const Target& target, std::string_view key, toml::table& table) {
                               if (target.port) table.insert(key, *target.port);
                             }};

void ReadProtocol(TomlTable& table, std::string_view key, Target& target) {
  const std::string protocol = table.Text(key);
  if (protocol != "tcp" && protocol != "udp") table.Fail(key, "'protocol' must be tcp or udp");
  target.is_udp = protocol == "udp";
}

void WriteProtocol(const Target& target, std::string_view key, toml::table& table) {
  if (target.is_udp) table.insert(key, "udp");
}

void ReadPidFileKey(TomlTable& table, std::string_view key, Target& target) {
  target.pid_file = table.Text(key);
  target.file_has_pid = key == "pid_file";
}

void WritePidFileKey(const Target& target, std::string_view key, toml::table& table) {
  const bool has_pid = key == "pid_file";
  if (target.pid_file && target.file_has_pid == has_pid) table.insert(key, *target.pid_file);
}

// A status that was only seen at the first duplicate is not declared.
constexpr TargetKey kDuplicateExit = {
    "duplicate_exit",
    [](TomlTable& table, std::string_view key, Target& target) {
      target.duplicate_exit = table.Number(key, 0, kLastStatus);
    },
    [](const Target& target, std::string_view key, toml::table& table) {
      const bool declared = target.duplicate_exit && target.duplicate_is_declared;
      if (declared) table.insert(key, *target.duplicate_exit);
    }};

constexpr TargetKey kStartTimeout = {
    "start_timeout",
    [](TomlTable& table, std::string_view key, Target& target) {
      target.start_timeout = std::chrono::ceil<std::chrono::seconds>(table.Duration(key));
      const bool is_none = target.start_timeout.count() <= 0;
      if (is_none) table.Fail(key, "'start_timeout' must be longer than 0 s");
    },
    [](const Target& target, std::string_view key, toml::table& table) {
      table.insert(key, std::to_string(target.start_timeout.count()) + "s");
    }};

void ReadEnvironment(TomlTable& table, std::string_view key, Target& target) {
  TomlTable variables = table.Table(key);
  target.environment.clear();
  for (const std::string& name : variables.Keys()) {
    target.environment.push_back(name + '=' + variables.TextOrNothing(name));
  }
}

void WriteEnvironment(const Target& target, std::string_view key, toml::table& table) {
  toml::table variables;
  for (const std::string& variable : target.environment) {
    const size_t end = variable.find('=');
    variables.insert(variable.substr(0, end), variable.substr(end + 1));
  }
  if (!variables.empty()) table.insert(key, variables);
}

int SignalNamed(const std::string& name) {
  const std::string bare = name.starts_with("SIG") ? name.substr(3) : name;
  for (int number = 1; number < NSIG; ++number) {
    const char* known = sigabbrev_np(number);
    if (known != nullptr && bare == known) return number;
  }
  return 0;
}

void ReadRestartSignal(TomlTable& table, std::string_view key, Target& target) {
  const std::string name = table.Text(key);
  target.restart_signal = SignalNamed(name);
  if (target.restart_signal == 0) {
    table.Fail(key, "'" + name + "' is no signal: write a name such as SIGUSR2");
  }
}

void WriteRestartSignal(const Target& target, std::string_view key, toml::table& table) {
  if (target.restart_signal == 0) return;
  table.insert(key, std::string("SIG") + sigabbrev_np(target.restart_signal));
}

constexpr TargetKey kKeys[] = {
    List<&Target::command>("command"),
    Text<&Target::folder>("folder"),
    {"environment", ReadEnvironment, WriteEnvironment,
     [](Target& target, void (*change)(std::string&)) {
       std::ranges::for_each(target.environment, change);
     }},
    kPort,
    {"protocol", ReadProtocol, WriteProtocol},
    {"pid_file", ReadPidFileKey, WritePidFileKey},
    {"lock_file", ReadPidFileKey, WritePidFileKey},
    Text<&Target::health_path>("health"),
    kDuplicateExit,
    kStartTimeout,
    List<&Target::needs>("with"),
    Text<&Target::stop_command>("stop_command"),
    Text<&Target::status_command>("status_command"),
    Text<&Target::policy>("policy"),
    List<&Target::older_command>("older_command"),
    List<&Target::also>("also"),
    List<&Target::standby_arguments>("standby_arguments"),
    List<&Target::take_over_arguments>("take_over_arguments"),
    List<&Target::auto_arguments>("auto_arguments"),
    List<&Target::child_arguments>("child_arguments"),
    List<&Target::fork_arguments>("fork_arguments"),
    List<&Target::dead_main_arguments>("dead_main_arguments"),
    {"restart_signal", ReadRestartSignal, WriteRestartSignal},
};

}  // namespace

std::span<const TargetKey> TargetKeys() { return kKeys; }

}  // namespace pidfall
