// The findings of one probing start of a target.
//
//   Target whole = Complete(target, found);    // the user's values win
//   Print(Describe(found));
#pragma once

#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/kernel/files.h"
#include "harness/target/target.h"

namespace pidfall {

struct Listener {
  int port = 0;
  std::string address;           // "127.0.0.1", "::", ...
  std::string protocol = "tcp";  // or "udp"
  bool shares_port = false;
  bool takes_ipv4 = true;  // where the address is a wildcard
};

// "127.0.0.1:8767", "[::1]:53/udp"
std::string NameOf(const Listener& listener);

struct Found {
  bool stays = false;  // it served, or stayed
  double started_after_ms = 0;
  bool answers = false;  // a client of its port
  std::vector<Listener> listeners;
  std::optional<int> next_port;  // where the next start serves on another port
  std::optional<std::string> pid_file;
  std::optional<std::string> lock_file;  // where there is no pid file: locked, without a pid in it
  bool has_plain_pid_file = true;        // see Target
  bool file_ends_line = true;
  bool file_is_binary = false;
  std::optional<uid_t> file_owner;
  std::vector<HeldLock> locks;
  std::vector<std::string> unix_sockets;   // that take clients
  std::optional<std::string> unix_socket;  // the one that the next start serves on again
  std::vector<std::string> links;  // symlinks whose text has its pid: "host:pid" is a lock, too
  std::vector<std::string> written;
  std::vector<std::string> read_only;  // folders that the view could not layer
  bool in_background = false;          // the launcher ended, a descendant stays
  std::string launcher_ending;         // then: "status 0"
  int processes = 0;
  std::string ends_on_sigterm;     // "status 0 after 3 ms"; empty: it does not
  bool makes_other_thing = false;  // not the file that was named, but a folder of that name, say
  bool pid_file_left = false;      // after SIGTERM
  std::string duplicate;           // a second start: "ends with status 0", "stands by", ...
  bool standby_polls = false;      // a standby polls for the owner's end
  std::optional<int> duplicate_exit;
  std::optional<int> elsewhere_exit;  // a duplicate's status on another port
  std::string why_not;                // where !stays: how it failed, and its last output
};

Target Complete(const Target& target, const Found& found);

// Every field of it, for the JSON results, and to leave the sandbox.
nlohmann::json ToJson(const Found& found);
Found FoundFromJson(const nlohmann::json& told);
std::string JsonText(const Found& found);

// One line: "127.0.0.1:8767 after 84 ms, pid file ~/.serve.pid, no lock; ..."
std::string Describe(const Found& found);

}  // namespace pidfall
