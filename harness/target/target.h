// The server under test: its command line and its properties. No program is special here.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace pidfall {

// In `command`, {port}, {pid_file} and {dir} stand for the values that the sandbox chose. In the
// commands for a shell {command} stands for the quoted command, too.
struct Target {
  std::vector<std::string> command;
  std::optional<int> port;                 // that it serves on; none: it serves by staying
  std::string address = "127.0.0.1";       // that it is reached at
  size_t addresses = 1;                    // on that port; with fewer it does not serve yet
  bool is_udp = false;                     // the port
  bool port_changes = false;               // the system chooses it; then `port` is empty
  std::optional<std::string> unix_socket;  // where it serves on no port: a path, or "@..."
  std::optional<std::string> pid_file;     // absolute, or {pid_file} to let the sandbox choose
  bool file_has_pid = true;                // else it is a lock file
  bool has_plain_pid_file = true;  // only the pid and a line end; else the pid is somewhere in it
  bool file_ends_line = true;      // after the pid
  bool file_is_binary = false;     // a database, say: text in it is no content of the target's
  bool makes_folder = false;       // that of its pid file: a first start finds none
  std::vector<std::string> guard_files;  // its locks and sockets; a bare name: beside the pid file
  std::optional<std::string> pid_link;   // without a pid file: the symlink whose text has its pid
  std::optional<uid_t> file_owner;       // the owner of its pid file, where that is known
  std::string health_path = "/";
  std::optional<int> duplicate_exit;      // none: the first duplicate's status counts as declared
  bool duplicate_is_declared = true;      // by its author, not learned from a start
  std::optional<int> elsewhere_exit;      // undeclared: that of a duplicate on another port
  bool standby_polls = false;             // a standby is never at rest
  bool answers = false;                   // on its port, as was seen or as `health` says
  std::chrono::milliseconds start_up{0};  // how long its first start took
  bool as_deployed = false;              // at its own paths, in a copy-on-write view of the machine
  std::string folder = "/";              // the working directory
  std::vector<std::string> environment;  // "NAME=value", added to ours
  std::chrono::seconds start_timeout{10};
  std::vector<std::string> child_arguments;      // make it start a program that outlives it
  std::vector<std::string> fork_arguments;       // make a forked copy of it end before it serves
  std::vector<std::string> standby_arguments;    // make a duplicate stand by
  std::vector<std::string> take_over_arguments;  // make a start end the owner and take its place
  std::vector<std::string> auto_arguments;       // stand by under a supervisor, else end
  std::vector<std::string> dead_main_arguments;  // its main thread ends, and others serve
  std::vector<std::string> older_command;        // an older version, for scenarios about an upgrade
  std::vector<std::string> also;   // shell commands: other ways in which it is started
  int restart_signal = 0;          // makes it execute itself anew, with the same pid; 0: none does
  std::vector<std::string> needs;  // shell commands started before it: a database, say
  std::string stop_command;        // shell commands, empty where there is none
  std::string status_command;
  std::string policy;  // its supervisor, as LookUpPolicy takes it; empty: none is named
  // False: it serves by staying.
  bool listens() const { return port || port_changes || unix_socket; }
  bool operator==(const Target&) const = default;
};

bool Mentions(const std::vector<std::string>& command, const std::string& placeholder);

}  // namespace pidfall
