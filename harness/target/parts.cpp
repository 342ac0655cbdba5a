#include "harness/target/parts.h"

namespace pidfall {
namespace {

bool HasOtherPidFile(const Target& target) {
  return !target.pid_file || Mentions(target.command, "{pid_file}");
}

bool HasOtherPort(const Target& target) {
  return !target.port || Mentions(target.command, "{port}");
}

bool MayStandBy(const Target& target) {
  const bool seen_to_end = target.duplicate_exit && !target.duplicate_is_declared;
  return !target.standby_arguments.empty() || !seen_to_end;
}

struct Part {
  Parts part;
  bool (*is_there)(const Target&);
  const char* lack;
};

constexpr Part kParts[] = {
    {part::kPidFile, [](const Target& t) { return t.pid_file.has_value(); },
     "the target has no pid file"},
    {part::kPidOnDisk, [](const Target& t) { return t.pid_file || t.pid_link; },
     "the target has no pid file"},
    {part::kPort, [](const Target& t) { return !t.port_changes; },
     "its port is another one at each start"},
    {part::kPort, [](const Target& t) { return t.port && !t.is_udp; },
     "the target has no TCP port"},
    {part::kOtherPidFile, HasOtherPidFile, "the command has no {pid_file}"},
    {part::kOtherPort, HasOtherPort, "the command has no {port}"},
    {part::kOtherHost, [](const Target& t) { return Mentions(t.command, "{host}"); },
     "the command has no {host}"},
    {part::kStopCommand, [](const Target& t) { return !t.stop_command.empty(); },
     "no stop command is known (--stop-command)"},
    {part::kStatusCommand, [](const Target& t) { return !t.status_command.empty(); },
     "no status command is known (--status-command)"},
    {part::kNamedPolicy, [](const Target& t) { return !t.policy.empty(); },
     "no policy named (--policy)"},
    {part::kOlderVersion, [](const Target& t) { return !t.older_command.empty(); },
     "no older version is known (--older)"},
    {part::kRestartSignal, [](const Target& t) { return t.restart_signal != 0; },
     "no signal is known that makes the target execute itself anew (restart_signal in a target "
     "file)"},
    {part::kStandby, MayStandBy,
     "a duplicate ends, and nothing is known that makes it stand by (standby_arguments in a target "
     "file)"},
    {part::kTakeover, [](const Target& t) { return !t.take_over_arguments.empty(); },
     "nothing is known that makes the target take over (take_over_arguments in a target file)"},
    {part::kAuto, [](const Target& t) { return !t.auto_arguments.empty(); },
     "no argument is known that makes the target check whether a supervisor started it "
     "(auto_arguments in a target file)"},
    {part::kDeadMain, [](const Target& t) { return !t.dead_main_arguments.empty(); },
     "nothing is known that makes the target's main thread end (dead_main_arguments in a target "
     "file)"},
    {part::kAlso, [](const Target& t) { return !t.also.empty(); },
     "no other way to start it is known (--also)"},
};

}  // namespace

std::optional<std::string> MissingPart(const Target& target, Parts parts) {
  for (const Part& part : kParts) {
    if ((parts & part.part) != 0 && !part.is_there(target)) return part.lack;
  }
  return std::nullopt;
}

}  // namespace pidfall
