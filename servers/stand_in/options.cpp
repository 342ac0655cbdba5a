#include "servers/stand_in/options.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "servers/stand_in/console.h"

namespace pidfall::stand_in {
namespace {

struct Known {
  std::string_view name;
  std::string_view values;  // separated by bars; empty: a switch
  std::string_view help;
};

constexpr Known kKnown[] = {
    {"port", "N", "listen there; without it and --socket it serves by staying"},
    {"host", "ADDRESS", "127.0.0.1 unless said"},
    {"socket", "PATH", "listen on a unix socket"},
    {"socket-rule", "ask|take", "connect before unlinking it, or unlink it unseen"},
    {"reuseport", "", "share the port by SO_REUSEPORT"},
    {"no-reuseaddr", "", "let TIME_WAIT keep us from the port"},
    {"record", "PATH", "the pid file"},
    {"record-in", "VARIABLE", "the pid file is server.pid in the folder that this variable names"},
    {"judge", "exists|kill|signal|not-self|name|process|start-time|wall-time|host|exe",
     "who is running, by the pid file: any file; kill(pid, 0), EPERM too; kill(pid, 0) alone; "
     "not our own pid; our program's name; a process of its own that is no zombie; the same start "
     "time, in ticks since the boot; by the wall clock; kill, or another host's name; our "
     "program's file"},
    {"parse", "strict|loose|fatal", "junk is stale; junk is 0; junk ends the start"},
    {"write", "whole|exclusive|over|cut|through|careless",
     "by rename; only where there is none; over the old bytes; six digits; through links; "
     "without a look at errors"},
    {"remove", "own|any", "at the end: our own pid file, or any"},
    {"locked", "", "the holder of the lock beside the pid file runs"},
    {"lock", "PATH", "the holder of this one runs"},
    {"lock-kind", "flock|posix", "of --lock"},
    {"lock-inherited", "", "children get the lock's descriptor"},
    {"lock-unlinked", "",
     "the end removes the lock's file, and no start looks whether it is there"},
    {"lock-reopened", "", "open and close the lock's file once it is locked"},
    {"on-owner", "exit|wait|replace|replace-silent",
     "end; stand by; end the owner; end an owner that does not answer"},
    {"duplicate-exit", "N", "the status of a duplicate, 1 unless said"},
    {"errors-as-duplicate", "", "a failure counts as \"already running\", status 0"},
    {"ends-recorded", "", "a start sends SIGTERM to the recorded pid"},
    {"child", "", "start a program that stays when we end"},
    {"worker", "", "fork a worker that ends as we do"},
    {"daemonize", "", "go to the background once we serve"},
    {"respawn", "", "SIGUSR2 starts another copy, in a session of its own, and ends us"},
    {"stop", "", "end the server: by --lock-kind posix the lock's owner, else the recorded pid"},
    {"idle", "", "do nothing, for ever"},
};

[[noreturn]] void Refuse(const std::string& message) {
  Complain("stand-in: " + message + " (see --help)");
  _exit(kBadUsage);
}

[[noreturn]] void Help() {
  Say("usage: stand-in [OPTION]...");
  for (const Known& known : kKnown) {
    const std::string value = known.values.empty() ? "" : " " + std::string(known.values);
    Say("  --" + std::string(known.name) + value + "\n      " + std::string(known.help));
  }
  _exit(0);
}

// "A|B" lists the values; a single word in capitals stands for any.
bool Takes(std::string_view values, std::string_view value) {
  if (values.find('|') == std::string_view::npos) return !value.empty();
  while (!values.empty()) {
    const std::string_view one = values.substr(0, values.find('|'));
    if (one == value) return true;
    values.remove_prefix(std::min(one.size() + 1, values.size()));
  }
  return false;
}

const Known& Find(std::string_view word) {
  const auto* found = std::ranges::find_if(
      kKnown, [&](const Known& known) { return word == "--" + std::string(known.name); });
  if (found == std::end(kKnown)) Refuse("no option is called " + std::string(word));
  return *found;
}

}  // namespace

Options Options::Parse(int argc, char** argv) {
  Options options;
  options.command_line_ = argv;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--help") Help();
    const Known& known = Find(argv[i]);
    const std::string value = !known.values.empty() && i + 1 < argc ? argv[++i] : "";
    if (!known.values.empty() && !Takes(known.values, value)) {
      Refuse("--" + std::string(known.name) + " takes " + std::string(known.values));
    }
    options.values_[std::string(known.name)] = value;
  }
  return options;
}

std::string Options::Get(const std::string& name, const std::string& otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? otherwise : found->second;
}

int Options::Number(const std::string& name, int otherwise) const {
  if (!Has(name)) return otherwise;
  const std::string text = Get(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) Refuse("not a number: " + text);
  return number;
}

}  // namespace pidfall::stand_in
