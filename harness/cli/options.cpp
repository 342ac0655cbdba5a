#include "harness/cli/options.h"

#include <fmt/format.h>
#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/kernel/endpoint.h"

namespace pidfall {
namespace {

constexpr int kMostJobs = 1024;
constexpr int kMostRepeats = 1'000'000;
constexpr int kMostShards = 100'000;

// Many scenarios wait for a bound to end: one job per processor would leave processors idle.
int DefaultJobs() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  return std::clamp(2 * CPU_COUNT(&allowed), 1, kMostJobs);
}

bool WantsNoSkip() {
  const char* set = std::getenv("PIDFALL_NO_SKIP");
  const std::string_view value = set != nullptr ? set : "";
  return !value.empty() && value != "0";
}

void DeclareGlobs(CLI::App* command, const std::string& name, const std::string& description,
                  std::vector<std::string>* globs) {
  command->add_option(name, *globs, description)->type_name("GLOB")->allow_extra_args(false);
}

void DeclareFile(CLI::App* command, const std::string& name, const std::string& description,
                 std::string* path) {
  const auto store = [name, path](const std::string& value) {
    if (value.empty()) throw BadInput(name + ": the path is empty");
    *path = value;
  };
  command->add_option_function<std::string>(name, store, description)->type_name("FILE");
}

void DeclareSelection(CLI::App* command, CommonOptions* options) {
  DeclareScenarios(command, options);
  command->add_flag("--list", options->list, "List the scenarios, run nothing");
  DeclareNumber(command, "--repeat", "Run each scenario N times", 1, kMostRepeats,
                [options](int value) { options->repeat = value; });
  const auto store = [options](const std::string& text) { options->shard = ParseShard(text); };
  command->add_option_function<std::string>("--shard", store, "Only part I of N, from 1")
      ->type_name("I/N");
}

// CLI11 never sees the words after `--`, so its help does not mention them.
class FollowedFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = CLI::Formatter::make_usage(app, std::move(name));
    return usage.insert(usage.find_last_not_of('\n') + 1, " [-- COMMAND [ARG...]]");
  }
};

}  // namespace

void DeclareCommon(CLI::App* command, CommonOptions* options) {
  DeclareSelection(command, options);
  DeclareJobs(command, options);
  DeclareReports(command, options);
  command->add_flag("--keep", options->keep, "Keep the sandboxes' files and name their folder");
  DeclareNoSkip(command, options);
}

void DeclareScenarios(CLI::App* command, CommonOptions* options) {
  DeclareGlobs(command, "--scenario", "Only these: 'stale/*', several times", &options->scenarios);
  DeclareGlobs(command, "--except", "Not these", &options->excepts);
}

void DeclareNoSkip(CLI::App* command, CommonOptions* options) {
  options->no_skip = WantsNoSkip();
  command->add_flag("--no-skip", options->no_skip,
                    "A skip is an error, status 3 (or PIDFALL_NO_SKIP=1)");
}

void DeclareJobs(CLI::App* command, CommonOptions* options) {
  options->jobs = DefaultJobs();
  DeclareNumber(command, "-j,--jobs", "Run N side by side [two per processor]", 1, kMostJobs,
                [options](int value) { options->jobs = value; });
}

void DeclareReports(CLI::App* command, CommonOptions* options) {
  DeclareFile(command, "--json", "Write every result ('-': standard output)", &options->json);
  DeclareFile(command, "--junit", "Write JUnit XML ('-': standard output)", &options->junit);
  DeclareFile(command, "--sarif", "Write SARIF for code hosts ('-': standard output)",
              &options->sarif);
  DeclareFile(command, "--html", "Write a page for people ('-': standard output)", &options->html);
  command->add_flag("-v,--verbose", options->verbose,
                    "Show weaknesses, expected failures and why n/a");
  DeclareBasics(command, &options->color);
}

void DeclareBasics(CLI::App* command, ColorMode* color) {
  const std::map<std::string, ColorMode> modes = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  const auto store = [modes, color](const std::string& text) {
    const auto mode = modes.find(text);
    if (mode == modes.end()) {
      throw BadInput(fmt::format("--color: '{}' is not auto, always or never", text));
    }
    *color = mode->second;
  };
  command->add_option_function<std::string>("--color", store, "auto, always or never")
      ->type_name("WHEN");
  command->set_version_flag("--version", "pidfall " PIDFALL_VERSION, "Print the version");
}

int ParseNumber(const std::string& option, const std::string& text, int least, int most) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < least || value > most) {
    throw BadInput(
        fmt::format("{}: '{}' is not a whole number from {} to {}", option, text, least, most));
  }
  return value;
}

Shard ParseShard(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    throw BadInput(fmt::format("--shard: '{}' is not I/N, such as 1/4", text));
  }
  Shard shard;
  shard.count = ParseNumber("--shard I/N", text.substr(slash + 1), 1, kMostShards);
  shard.index = ParseNumber("--shard I/N", text.substr(0, slash), 1, shard.count);
  return shard;
}

void DeclareNumber(CLI::App* command, const std::string& names, const std::string& description,
                   int least, int most, const std::function<void(int)>& store) {
  const std::string option = names.substr(names.find("--"));
  const auto read = [=](const std::string& text) { store(ParseNumber(option, text, least, most)); };
  command->add_option_function<std::string>(names, read, description)->type_name("N");
}

void DeclarePort(CLI::App* command, const std::function<void(int)>& store) {
  DeclareNumber(command, "--port", "The port that the server serves on", 1, kLastPort, store);
}

void DeclareTime(CLI::App* command, const std::string& description,
                 std::optional<std::chrono::nanoseconds>* time) {
  const auto store = [time](const std::string& text) {
    *time = ParseDuration(text);
    if ((*time)->count() <= 0) throw BadInput("--time: '" + text + "' is no time at all");
  };
  command->add_option_function<std::string>("--time", store, description)->type_name("D");
}

void DeclareFollower(CLI::App* command) {
  command->formatter(std::make_shared<FollowedFormatter>());
}

void RefuseCommand(const std::vector<std::string>& command, const std::string& name) {
  if (command.empty()) return;
  throw BadInput(
      fmt::format("{} takes no command: '{}' was given after --", name, command.front()));
}

}  // namespace pidfall
