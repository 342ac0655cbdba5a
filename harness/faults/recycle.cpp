#include "harness/faults/recycle.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "harness/faults/namesake.h"
#include "harness/faults/pid_file.h"
#include "harness/observe/numbers.h"
#include "harness/stage/elsewhere.h"
#include "harness/stage/needs.h"
#include "harness/stage/safeguard_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// Where the pid stands: as the text of a symlink, or in the pid file.
std::optional<std::string> Link(const Stage& stage) {
  const auto& link = stage.target().pid_link;
  return link ? std::optional(GuardFilePath(stage, *link)) : std::nullopt;
}

std::string Content(const Stage& stage) {
  const auto link = Link(stage);
  std::error_code missing;
  return link ? fs::read_symlink(*link, missing).string() : PidFile(stage).content;
}

void PutBack(Stage& stage, const std::string& content) {
  const auto link = Link(stage);
  if (!link) return WritePidFile(stage, content);
  fs::remove(*link);
  fs::create_symlink(content, *link);
}

pid_t NumberNamed(Stage& stage, const Instance& owner) {
  pid_t named = 0;
  const auto is_named = [&] {
    const std::string content = Content(stage);
    for (const pid_t pid : owner.Processes()) {
      if (HasNumber(content, pid)) named = pid;
    }
    return named != 0;
  };
  if (!stage.target().file_has_pid) throw NotApplicable("no pid stands in the lock file");
  const bool in_file = !stage.target().pid_link;
  if (in_file) NeedOwnersFile(stage);
  if (!AwaitFile(stage, is_named)) {
    throw NotApplicable(std::string(in_file ? "the pid file" : "the link") +
                        " names no process of the owner's");
  }
  return named;
}

void WriteOver(Stage& stage, pid_t number, pid_t live) {
  PutBack(stage, ReplaceNumber(Content(stage), number, live));
  stage.Did("write pid " + std::to_string(live) + ", a live process's, into " +
            PlaceOfPid(stage.target()));
}

void SayRecycled(Stage& stage, pid_t number) {
  stage.Saw("the kernel hand out pid " + std::to_string(number) + " again");
}

}  // namespace

std::string PlaceOfPid(const Target& target) {
  return target.pid_link ? "the symlink" : "the file";
}

pid_t LeaveFileBehind(Stage& stage, const StartOptions& options) {
  Instance& owner = stage.StartOwner(options);
  const pid_t number = NumberNamed(stage, owner);
  const std::string content = Content(stage);
  stage.KillTree(owner);
  // A daemon's pid is free when we have reaped it, after its own parent.
  const auto is_free = [&] { return kill(number, 0) != 0 && errno == ESRCH; };
  if (!stage.WaitUntil(is_free, Stage::kSettleBound)) {
    throw Broken("pid " + std::to_string(number) + " did not become free");
  }
  // A watcher process that outlived it for a moment may have removed the file; after a power loss
  // it could not.
  if (Content(stage).empty()) PutBack(stage, content);
  return number;
}

Bystander& GiveToStranger(Stage& stage, pid_t number) {
  Bystander& stranger = stage.StartBystander({.pid = PidToAskFor(stage, number)});
  if (stage.world().full) {
    SayRecycled(stage, number);
  } else {
    WriteOver(stage, number, stranger.pid());
  }
  return stranger;
}

Child GiveToNamesake(Stage& stage, pid_t number) {
  const auto words = stage.LaunchOf({}, -1, "").command;  // with the port and the paths filled in
  Child namesake = StartNamesake(stage, words, PidToAskFor(stage, number));
  if (stage.world().full) {
    SayRecycled(stage, number);
  } else {
    WriteOver(stage, number, namesake.pid);
  }
  return namesake;
}

Bystander& GiveToThread(Stage& stage, pid_t number) {
  const bool full = stage.world().full;
  if (full) NeedKernelFile("/proc/sys/kernel/ns_last_pid", "a chosen thread id");
  Bystander& stranger =
      stage.StartBystander({.thread_id = PidToAskFor(stage, number), .has_thread = true});
  if (full) {
    SayRecycled(stage, number);
  } else {
    WriteOver(stage, number, stranger.thread_id());
  }
  return stranger;
}

Instance& GiveToSibling(Stage& stage, pid_t number) {
  StartOptions options{.pid_file = OtherPidFile(stage), .pid = PidToAskFor(stage, number)};
  if (stage.target().port) options.port = stage.OtherPort();
  Instance& sibling = stage.StartOwner(options);
  const auto processes = sibling.Processes();
  if (std::find(processes.begin(), processes.end(), number) != processes.end()) {
    SayRecycled(stage, number);
  } else {  // a start that went to the background gave the pid back
    WriteOver(stage, number, processes.front());
  }
  return sibling;
}

Instance& GiveToStarter(Stage& stage, pid_t number) {
  if (!stage.world().full) return stage.Start({.takes_place_of = number});
  Instance& starter = stage.Start({.pid = number});
  SayRecycled(stage, number);
  return starter;
}

}  // namespace pidfall
