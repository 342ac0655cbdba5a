// The differences of one start from the declared one.
//
//   stage.Start();                                  // as declared
//   stage.Start({.user = User::kOther, .umask = 0});
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/sandbox/sandbox.h"
#include "harness/target/target.h"

namespace pidfall {

class Stage;

enum class User {
  kOwn,       // the user that runs the suite
  kOrdinary,  // the same, unless that is root: then a user without privileges
  kOther,     // a second user; signals to kOrdinary's processes give EPERM
};

enum class Output { kCaptured, kClosed, kFullDisk };

struct StartOptions {
  std::vector<std::string> command;  // instead of the declared one
  std::string folder;                // instead of the declared working directory
  std::optional<int> port;
  std::optional<std::string> pid_file;
  std::string host = "127.0.0.1";
  pid_t pid = 0;  // the number that it must get; 0: any
  User user = User::kOwn;
  Output output = Output::kCaptured;
  std::vector<std::string> environment;  // replaces variables of the same name
  std::vector<std::string> arguments;    // after the declared ones
  std::vector<std::string> under;        // before the command: a program that starts it, and stays
  std::optional<rlim_t> most_files;      // RLIMIT_NOFILE
  std::optional<rlim_t> most_bytes;      // RLIMIT_FSIZE
  std::optional<int> closed;             // this one of the descriptors 0 to 2
  mode_t umask = 022;
  bool held = false;         // stopped before its first instruction, until Release (faults/hold.h)
  pid_t takes_place_of = 0;  // in the pid file, this number becomes its own before it starts
  bool signals_nobody = false;          // outside of itself and its children: EPERM, by Landlock
  bool contained = false;               // pid 1 of a pid namespace of its own, with its own /proc
  std::string host_name;                // in a uts namespace of its own; empty: ours
  std::chrono::seconds boot_offset{0};  // CLOCK_BOOTTIME as it sees it, by a time namespace
};

// The values of {port}, {pid_file}, {host}, {dir} and {command}.
struct Places {
  int port = 0;
  std::string pid_file;
  std::string host;
  std::string folder;
  std::string command;  // as a shell takes it; may hold the others
};

// `pid`; any, 0, where no pid can be chosen.
pid_t PidToAskFor(const Stage& stage, pid_t pid);

std::vector<std::string> FillIn(const std::vector<std::string>& command, const Places& places);

// The sandbox for stories about the target.
SandboxOptions SandboxFor(const Target& target);

// All steps in the child between fork and exec.
std::function<void()> PrepareChild(const StartOptions& options, const Places& places,
                                   const World& world);

}  // namespace pidfall
