#include "servers/zoo/settings.h"

#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>

#include "servers/zoo/console.h"
#include "servers/zoo/defects.h"

namespace pidfall::zoo {
namespace {

constexpr int kLastPort = 65535;
constexpr int kLastStatus = 255;
constexpr std::string_view kUsage =
    "usage: zoo --pid-file FILE [--port N] [--host ADDRESS] [--duplicate-exit N]\n"
    "           [--on-duplicate exit|wait|takeover|auto] [--end-main-thread] [--admin] [--helper]\n"
    "           [--syslog] [--style STYLE] [--defect NAME]... [--status | --stop]\n"
    "       zoo --list\n"
    "styles: separate-lock flock-on-pid-file abstract-socket port-only stands-by daemonizing\n"
    "        lock-only udp-port";

struct StyleName {
  std::string_view name;
  Style style;
};

constexpr StyleName kStyles[] = {
    {"separate-lock", Style::kSeparateLock},
    {"flock-on-pid-file", Style::kFlockOnPidFile},
    {"abstract-socket", Style::kAbstractSocket},
    {"port-only", Style::kPortOnly},
    {"stands-by", Style::kStandsBy},
    {"daemonizing", Style::kDaemonizing},
    {"lock-only", Style::kLockOnly},
    {"udp-port", Style::kUdpPort},
};

struct DuplicateName {
  std::string_view name;
  OnDuplicate answer;
};

constexpr DuplicateName kOnDuplicate[] = {
    {"exit", OnDuplicate::kExit},
    {"wait", OnDuplicate::kWait},
    {"takeover", OnDuplicate::kTakeOver},
    {"auto", OnDuplicate::kAuto},
};

[[noreturn]] void BadOption(std::string_view option, std::string_view value) {
  Complain("zoo: " + std::string(option) + ": not \"" + std::string(value) + "\" (see --help)");
  _exit(kBadUsage);
}

int Number(std::string_view option, std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc() || end != text.end() || number < least || number > most) {
    BadOption(option, text);
  }
  return number;
}

Style StyleNamed(std::string_view name) {
  const auto* found = std::ranges::find(kStyles, name, &StyleName::name);
  if (found == std::end(kStyles)) BadOption("--style", name);
  return found->style;
}

OnDuplicate AnswerNamed(std::string_view name) {
  const auto* found = std::ranges::find(kOnDuplicate, name, &DuplicateName::name);
  if (found == std::end(kOnDuplicate)) BadOption("--on-duplicate", name);
  return found->answer;
}

void ChooseNamed(std::string_view name) {
  const std::optional<Defect> defect = FindDefect(name);
  if (!defect) BadOption("--defect", name);
  Choose(*defect);
}

[[noreturn]] void List() {
  for (const DefectNote& note : DefectNotes()) {
    Say(std::string(note.name) + "\t" + std::string(note.wrong));
  }
  _exit(0);
}

[[noreturn]] void Help() {
  Say(kUsage);
  _exit(0);
}

void Apply(int option, Settings& settings) {
  switch (option) {
    case 'd':
      return ChooseNamed(optarg);
    case 'f':
      settings.pid_file = optarg;
      return;
    case 'h':
      settings.host = std::string_view(optarg) == "localhost" ? "127.0.0.1" : optarg;
      return;
    case 'l':
      List();
    case 'p':
      settings.port = Number("--port", optarg, 1, kLastPort);
      return;
    case 's':
      settings.style = StyleNamed(optarg);
      if (settings.style == Style::kStandsBy) settings.on_duplicate = OnDuplicate::kWait;
      return;
    case 'o':
      settings.on_duplicate = AnswerNamed(optarg);
      return;
    case 'a':
      settings.has_admin = true;
      return;
    case 'e':
      settings.has_helper = true;
      return;
    case 'g':
      return SpeakToSystemLog();
    case 'm':
      settings.ends_main_thread = true;
      return;
    case 'x':
      settings.duplicate_exit = Number("--duplicate-exit", optarg, 0, kLastStatus);
      return;
    case 'A':
      settings.action = Action::kStatus;
      return;
    case 'T':
      settings.action = Action::kStop;
      return;
    case 'H':
      Help();
    default:
      _exit(kBadUsage);  // getopt has printed the reason
  }
}

constexpr option kOptions[] = {
    {"defect", required_argument, nullptr, 'd'},
    {"pid-file", required_argument, nullptr, 'f'},
    {"host", required_argument, nullptr, 'h'},
    {"list", no_argument, nullptr, 'l'},
    {"port", required_argument, nullptr, 'p'},
    {"style", required_argument, nullptr, 's'},
    {"on-duplicate", required_argument, nullptr, 'o'},
    {"end-main-thread", no_argument, nullptr, 'm'},
    {"admin", no_argument, nullptr, 'a'},
    {"helper", no_argument, nullptr, 'e'},
    {"syslog", no_argument, nullptr, 'g'},
    {"duplicate-exit", required_argument, nullptr, 'x'},
    {"status", no_argument, nullptr, 'A'},
    {"stop", no_argument, nullptr, 'T'},
    {"help", no_argument, nullptr, 'H'},
    {nullptr, 0, nullptr, 0},
};

bool HasLockFile(const Settings& settings) {
  return settings.style != Style::kAbstractSocket && settings.style != Style::kPortOnly &&
         settings.style != Style::kUdpPort;
}

void RefuseContradictions(const Settings& settings) {
  if (HasLockFile(settings) && settings.pid_file.empty()) BadOption("--pid-file", "");
  if (HasLockFile(settings) || settings.action == Action::kServe) return;
  BadOption("--status or --stop", "a style without a lock file");
}

}  // namespace

Settings ParseCommandLine(int argc, char** argv) {
  Settings settings;
  settings.command_line = argv;
  for (int option = 0; (option = getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    Apply(option, settings);
  }
  if (optind < argc) BadOption("an argument", argv[optind]);
  RefuseContradictions(settings);
  return settings;
}

}  // namespace pidfall::zoo
