#include "servers/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <vector>

namespace pidfall::servers {
namespace {

constexpr int kLastPort = 65535;
constexpr int kLastStatus = 255;

guard::OnDuplicate OnDuplicateNamed(const std::string& word) {
  if (word == "wait") return guard::OnDuplicate::kWait;
  if (word == "takeover") return guard::OnDuplicate::kTakeOver;
  if (word == "auto") return guard::OnDuplicate::kAuto;
  return guard::OnDuplicate::kExit;
}
// As written on the command line; empty: not given.
struct Written {
  std::string on_duplicate = "exit";
  std::string pid_file;
};

void AddOptions(CLI::App& app, const Service& service, Options& options, Written& written) {
  strategies::Settings& settings = options.settings;
  std::vector<std::string> strategies(strategies::StrategyNames().begin(),
                                      strategies::StrategyNames().end());
  app.add_option("--guard", options.strategy, "What keeps a second copy out")
      ->check(CLI::IsMember(std::move(strategies)))
      ->take_last()
      ->capture_default_str();
  app.add_option("--pid-file", written.pid_file,
                 "Where the running copy's pid stands [~/" + service.pid_file + "]")
      ->type_name("FILE");
  app.add_option("--host", settings.host, "The address to serve on")->capture_default_str();
  app.add_option("--port", settings.port, "The port to serve on")
      ->check(CLI::Range(1, kLastPort))
      ->capture_default_str();
  app.add_option("--on-duplicate", written.on_duplicate, "What to do when a copy runs already")
      ->check(CLI::IsMember({"exit", "wait", "takeover", "auto"}))
      ->take_last()
      ->capture_default_str();
  app.add_option("--duplicate-exit", settings.duplicate_exit, "The status of a second copy")
      ->check(CLI::Range(0, kLastStatus))
      ->capture_default_str();
  app.add_option("--run", options.run, "Start this once it serves, and leave it to itself")
      ->type_name("COMMAND");
  app.add_flag("--fork", options.forks, "Let a forked copy end as the server does, then serve");
  app.add_flag("--end-main-thread", options.ends_main_thread,
               "Let the main thread end, and serve from others");
  if (service.data_file.empty()) return;
  app.add_option("--data", options.data, "Where notes are kept [~/" + service.data_file + "]")
      ->type_name("FILE");
}

std::string InHome(const std::string& name, const std::string& option) {
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    throw std::invalid_argument("HOME is not set: say where by " + option + " FILE");
  }
  return (std::filesystem::path(home) / name).string();
}

void FillDefaults(const Service& service, const CLI::App& app, const Written& written,
                  Options& options) {
  const auto choose = [&](const std::string& option, const std::string& given,
                          const std::string& name) {
    if (app.count(option) == 0) return InHome(name, option);
    if (given.empty()) throw std::invalid_argument(option + ": the path is empty");
    return given;
  };
  options.settings.pid_file = choose("--pid-file", written.pid_file, service.pid_file);
  if (!service.data_file.empty()) options.data = choose("--data", options.data, service.data_file);
  options.settings.on_duplicate = OnDuplicateNamed(written.on_duplicate);
}

}  // namespace

std::optional<Options> ParseOptions(const Service& service, int argc, const char* const* argv) {
  Options options;
  options.settings.name = service.name;
  options.settings.port = service.port;
  options.settings.health_path = service.page;
  Written written;
  CLI::App app(service.name + ", one of the three servers of the incident", service.program);
  AddOptions(app, service, options, written);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help() << std::flush;
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw std::invalid_argument(std::string(error.what()) + " (see --help)");
  }
  FillDefaults(service, app, written, options);
  return options;
}

}  // namespace pidfall::servers
