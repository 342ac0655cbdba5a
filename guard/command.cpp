// pidfall-guard: the guard for programs in any language.
//
//   pidfall-guard --pid-file /run/x.pid -- python3 serve.py
//   pidfall-guard status /run/x.pid
//
// The command line replaces this process, so its pid, signals and exit status are the program's
// own, and the lock lives exactly as long as it and what it starts.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guard/agents.h"
#include "guard/console.h"
#include "guard/copy_state.h"
#include "guard/guard.h"
#include "guard/query.h"
#include "guard/status_text.h"
#include "guard/supervisor.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;

constexpr int kBadUsage = 2;
constexpr int kCannotExecute = 126;  // as in shells
constexpr int kNotFound = 127;
constexpr double kStopSeconds = 10;

struct Request {
  Options options;
  int duplicate_exit = 0;
  std::optional<double> seconds;
  std::vector<std::string> command;
  std::vector<fs::path> pid_files;
  fs::path agents;
  std::optional<pid_t> of;
  bool standby_ok = false;
  bool json = false;
  bool force = false;
};

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

int Execute(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  const int error = errno;
  Say("pidfall-guard: cannot run " + command.front() + ": " + std::strerror(error));
  return error == ENOENT ? kNotFound : kCannotExecute;
}

int Guard(Request& request) {
  Options& options = request.options;
  if (options.name.empty()) options.name = fs::path(request.command.front()).filename();
  options.older_command = request.command;
  options.children = Children::kPartOfInstance;
  if (request.seconds) options.patience = Milliseconds(*request.seconds);
  const bool untold = options.ready_when == ReadyWhen::kUntold;
  if (untold && !options.ready_file.empty()) options.ready_when = ReadyWhen::kOwner;
  options.before_waiting = [&](const Owner& owner) {
    Say(options.name + " already running (PID " + std::to_string(owner.pid) +
        "); standing by until it ends");
  };
  const Instance instance = Acquire(options);
  if (!instance) return Explain(instance, request.duplicate_exit);
  return Execute(request.command);
}

void TellSupervisor(const Supervisor& by) {
  if (!by.Present()) return;
  Say("  started by " + by.kind + (by.unit.empty() ? "" : " " + by.unit));
  Say("  " + HowToEnd(by, geteuid()));
}

void TellPeople(const fs::path& path, const Answered& answered, bool who) {
  Say(path.string() + ": " + Describe(answered));
  if (who) TellSupervisor({answered.owner.supervisor, answered.owner.unit});
  const std::string standing_by = Describe(StandingBy(path));
  if (!standing_by.empty()) Say(standing_by);
}

void TellPrograms(const fs::path& path, const Answered& answered) {
  Say(Json({.pid_file = path.string(),
            .state = NameOf(answered),
            .pid = answered.owner.pid,
            .verified = answered.owner.verified,
            .standing_by = StandingBy(path),
            .why = answered.why}));
}

// The first file that is not running decides the status.
int TellStates(const Request& request, bool who) {
  int status = 0;
  for (const fs::path& path : request.pid_files) {
    const Answered answered = Ask(path);
    request.json ? TellPrograms(path, answered) : TellPeople(path, answered, who);
    if (status == 0) status = static_cast<int>(answered.state);
  }
  return status;
}

// For probes.
int TellCopy(const Request& request) {
  const fs::path& path = request.pid_files.front();
  const Copy copy = AskCopy(path, *request.of);
  if (request.json) {
    Say(Json({path.string(), NameOf(copy.state), *request.of, true, StandingBy(path), copy.why}));
  } else {
    Say(path.string() + ": PID " + std::to_string(*request.of) + ": " + Describe(copy));
  }
  const bool good = request.standby_ok && copy.state == CopyState::kStandingBy;
  return good ? 0 : static_cast<int>(copy.state);
}

int TellStatus(const Request& request) {
  if (request.of) return TellCopy(request);
  const int status = TellStates(request, false);
  if (request.agents.empty()) return status;
  const auto findings = CheckAgents(request.agents, request.pid_files);
  for (const std::string& finding : findings) Say(finding);
  return status != 0 ? status : static_cast<int>(!findings.empty());
}

int StopAll(const Request& request) {
  int status = 0;
  for (const fs::path& path : request.pid_files) {
    const auto patience = Milliseconds(request.seconds.value_or(kStopSeconds));
    const Stopped stopped = Stop(path, patience, request.force);
    Say(path.string() + ": " + stopped.words);
    if (!stopped.stopped) status = 1;
  }
  return status;
}

const std::map<std::string, OnDuplicate> kPolicies = {{"exit", OnDuplicate::kExit},
                                                      {"wait", OnDuplicate::kWait},
                                                      {"takeover", OnDuplicate::kTakeOver},
                                                      {"auto", OnDuplicate::kAuto}};

const std::map<std::string, ReadyWhen> kReadyWhen = {{"owner", ReadyWhen::kOwner},
                                                     {"standby", ReadyWhen::kStandingBy}};

void AddGuardOptions(CLI::App& app, Request& request) {
  Options& options = request.options;
  app.add_option("--pid-file", options.pid_file, "The file for its pid; the lock is on FILE.lock")
      ->type_name("FILE");
  app.add_option("--name", options.name, "Its name in messages [the command's name]");
  app.add_option_function<std::string>(
         "--on-duplicate",
         [&options](const std::string& policy) { options.on_duplicate = kPolicies.at(policy); },
         "When a copy already runs: exit, wait, takeover or auto [exit]")
      ->type_name("POLICY")
      ->check(CLI::IsMember(&kPolicies).description(""));
  app.add_option("--duplicate-exit", request.duplicate_exit, "The status of a second copy [0]")
      ->type_name("N")
      ->check(CLI::Range(0, 255).description(""));
  app.add_option("--patience", request.seconds,
                 "The most seconds to wait [no limit] or to take over [10]; 0: do not wait")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6).description(""));
  app.add_option_function<std::string>(
         "--ready",
         [&options](const std::string& when) { options.ready_when = kReadyWhen.at(when); },
         "When it is ready (READY=1, the ready file): as the owner, or also while it stands by "
         "[the "
         "command reports it itself]")
      ->type_name("owner|standby")
      ->check(CLI::IsMember(&kReadyWhen).description(""));
  app.add_option(
         "--ready-file", options.ready_file,
         "A file that exists while this copy is ready, for probes; --ready owner is the default")
      ->type_name("FILE");
  app.add_flag("--any-file-system", options.any_file_system,
               "Also on file systems where locks may not exclude");
  app.add_flag("--one-file", options.one_file, "Lock the pid file itself, as with flock(1)");
}

void Parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    std::exit(0);
  }
}

CLI::App* AddQuestion(CLI::App& app, Request& request, const char* name, const char* help) {
  CLI::App* question = app.add_subcommand(name, help);
  question->add_option("PIDFILE", request.pid_files, "The program's pid file")->required();
  return question;
}

void AddStatusOptions(CLI::App* status, Request& request) {
  status->add_option("--agents", request.agents,
                     "Compare with the agents and units in this folder");
  status
      ->add_option(
          "--of", request.of,
          "For probes, the state of this copy: 0 owner, 150 starting, 151 standing by, 3 neither")
      ->type_name("PID")
      ->check(CLI::PositiveNumber.description(""));
  status->add_flag("--standby-ok", request.standby_ok, "With --of: standing by is 0, too")
      ->needs("--of");
  status->add_flag("--json", request.json, "One object per line");
}

int Answer(int argc, char** argv) {
  Request request;
  CLI::App app("Asks about a guarded program, or ends it", "pidfall-guard");
  AddQuestion(app, request, "who", "The owner, and how to end it");
  CLI::App* status = AddQuestion(app, request, "status", "The state, as an LSB status");
  AddStatusOptions(status, request);
  CLI::App* stop = AddQuestion(app, request, "stop", "SIGTERM to the verified owner only");
  stop->add_option("--patience", request.seconds,
                   "The most seconds to wait for its end [10]; 0: do not wait")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6).description(""));
  stop->add_flag("--force", request.force, "SIGKILL when it has not ended by then");
  Parse(app, argc, argv);
  if (stop->parsed()) return StopAll(request);
  return status->parsed() ? TellStatus(request) : TellStates(request, true);
}

int GuardCommand(int argc, char** argv) {
  Request request;
  CLI::App app(
      "One instance of a command at a time. Also: pidfall-guard who|status|stop PIDFILE...",
      "pidfall-guard");
  AddGuardOptions(app, request);
  app.add_option("COMMAND", request.command, "The command line to guard, after --");
  Parse(app, argc, argv);
  if (request.options.pid_file.empty() || request.command.empty()) {
    throw CLI::RequiredError("--pid-file FILE and -- COMMAND");
  }
  return Guard(request);
}

int Run(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "";
  const bool question = first == "who" || first == "status" || first == "stop";
  try {
    return question ? Answer(argc, argv) : GuardCommand(argc, argv);
  } catch (const std::exception& error) {
    Say(std::string("pidfall-guard: ") + error.what());
    return kBadUsage;
  }
}

}  // namespace
}  // namespace pidfall::guard

int main(int argc, char** argv) { return pidfall::guard::Run(argc, argv); }
