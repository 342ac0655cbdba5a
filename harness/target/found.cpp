#include "harness/target/found.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace pidfall {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HeldLock, path, kind, is_shared)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Listener, port, address, protocol, shares_port, takes_ipv4)

namespace {

using nlohmann::json;

// A wildcard is reached at the loopback: of IPv4 where it takes that, because a server that cannot
// bind "::" may go on with "0.0.0.0" (Apache), also beside a stranger on ::1.
std::string ReachedAt(const Listener& listener) {
  if (listener.address != "0.0.0.0" && listener.address != "::") return listener.address;
  return listener.takes_ipv4 ? "127.0.0.1" : "::1";
}

std::string InHome(const std::string& path) {
  const char* home = getenv("HOME");
  const std::string prefix = home != nullptr ? std::string(home) + "/" : "";
  if (prefix.size() < 2 || path.compare(0, prefix.size(), prefix) != 0) return path;
  return "~/" + path.substr(prefix.size());
}

std::string DescribeLocks(const Found& found) {
  std::string all;
  for (const HeldLock& lock : found.locks) {
    all += (all.empty() ? "" : ", ") + lock.kind + " lock on " + InHome(lock.path);
  }
  return all.empty() ? "no lock" : all;
}

// A TCP port comes first: a UDP port may be any helper's.
const Listener* MainListener(const Found& found) {
  const auto tcp = std::ranges::find(found.listeners, "tcp", &Listener::protocol);
  if (tcp != found.listeners.end()) return &*tcp;
  return found.listeners.empty() ? nullptr : &found.listeners.front();
}

void CompletePort(const Found& found, Target& whole) {
  whole.port_changes = !whole.port && found.next_port;
  if (whole.port_changes) return;
  const Listener* main = MainListener(found);
  if (!whole.port && main != nullptr) whole.port = main->port;
  if (!whole.port) whole.unix_socket = found.unix_socket;
  std::vector<Listener> on_its_port = found.listeners;
  std::erase_if(on_its_port, [&](const Listener& l) { return l.port != whole.port; });
  const auto is_tcp = [](const Listener& l) { return l.protocol == "tcp"; };
  whole.is_udp = !on_its_port.empty() && std::ranges::none_of(on_its_port, is_tcp);
  if (!whole.is_udp) std::erase_if(on_its_port, [&](const Listener& l) { return !is_tcp(l); });
  whole.addresses = std::max<size_t>(on_its_port.size(), 1);
  const auto is_ipv4 = [](const Listener& l) { return l.address.find(':') == std::string::npos; };
  std::stable_partition(on_its_port.begin(), on_its_port.end(), is_ipv4);
  if (!on_its_port.empty()) whole.address = ReachedAt(on_its_port.front());
}

// Beside the pid file a name is enough: each plain sandbox has a folder of its own.
void CompleteGuardFiles(const Found& found, Target& whole) {
  const auto add = [&](const std::filesystem::path& path) {
    const auto& file = found.pid_file ? found.pid_file : found.lock_file;
    const bool is_beside = file && path.parent_path() == std::filesystem::path(*file).parent_path();
    whole.guard_files.push_back(is_beside ? path.filename() : path);
  };
  for (const HeldLock& lock : found.locks) add(lock.path);
  for (const std::string& link : found.links) add(link);
  for (const std::string& name : found.unix_sockets) {
    if (name.starts_with("/")) add(name);
  }
}

void CompleteFile(const Found& found, Target& whole) {
  const auto& file = found.pid_file ? found.pid_file : found.lock_file;
  if (!whole.pid_file) whole.pid_file = file;
  if (whole.pid_file == file) whole.file_owner = found.file_owner;
  whole.file_has_pid = whole.file_has_pid && (found.pid_file || !found.lock_file);
  whole.has_plain_pid_file = found.has_plain_pid_file;
  whole.file_ends_line = found.file_ends_line;
  whole.file_is_binary = found.file_is_binary;
  if (!whole.pid_file && !found.links.empty()) whole.pid_link = found.links.front();
}

}  // namespace

json ToJson(const Found& found) {
  return {{"stays", found.stays},
          {"started_after_ms", found.started_after_ms},
          {"answers", found.answers},
          {"listeners", found.listeners},
          {"pid_file", found.pid_file.value_or("")},
          {"lock_file", found.lock_file.value_or("")},
          {"has_plain_pid_file", found.has_plain_pid_file},
          {"file_ends_line", found.file_ends_line},
          {"file_is_binary", found.file_is_binary},
          {"standby_polls", found.standby_polls},
          {"next_port", found.next_port ? json(*found.next_port) : json()},
          {"file_owner", found.file_owner ? json(*found.file_owner) : json()},
          {"locks", found.locks},
          {"unix_sockets", found.unix_sockets},
          {"unix_socket", found.unix_socket.value_or("")},
          {"links", found.links},
          {"written", found.written},
          {"read_only", found.read_only},
          {"in_background", found.in_background},
          {"launcher_ending", found.launcher_ending},
          {"processes", found.processes},
          {"ends_on_sigterm", found.ends_on_sigterm},
          {"makes_other_thing", found.makes_other_thing},
          {"pid_file_left", found.pid_file_left},
          {"duplicate", found.duplicate},
          {"duplicate_exit", found.duplicate_exit ? json(*found.duplicate_exit) : json()},
          {"elsewhere_exit", found.elsewhere_exit ? json(*found.elsewhere_exit) : json()},
          {"why_not", found.why_not}};
}

Found FoundFromJson(const json& told) {
  Found found{.stays = told["stays"],
              .started_after_ms = told["started_after_ms"],
              .answers = told["answers"],
              .listeners = told["listeners"],
              .has_plain_pid_file = told["has_plain_pid_file"],
              .file_ends_line = told["file_ends_line"],
              .file_is_binary = told["file_is_binary"],
              .locks = told["locks"],
              .unix_sockets = told["unix_sockets"],
              .links = told["links"],
              .written = told["written"],
              .read_only = told["read_only"],
              .in_background = told["in_background"],
              .launcher_ending = told["launcher_ending"],
              .processes = told["processes"],
              .ends_on_sigterm = told["ends_on_sigterm"],
              .makes_other_thing = told["makes_other_thing"],
              .pid_file_left = told["pid_file_left"],
              .duplicate = told["duplicate"],
              .standby_polls = told["standby_polls"],
              .why_not = told["why_not"]};
  const auto text = [&](const char* key, std::optional<std::string>& place) {
    if (const std::string told_text = told[key]; !told_text.empty()) place = told_text;
  };
  text("pid_file", found.pid_file);
  text("lock_file", found.lock_file);
  text("unix_socket", found.unix_socket);
  if (told["elsewhere_exit"].is_number()) found.elsewhere_exit = told["elsewhere_exit"];
  if (told["file_owner"].is_number()) found.file_owner = told["file_owner"];
  if (told["next_port"].is_number()) found.next_port = told["next_port"];
  if (told["duplicate_exit"].is_number()) found.duplicate_exit = told["duplicate_exit"];
  return found;
}

std::string NameOf(const Listener& listener) {
  const bool six = listener.address.find(':') != std::string::npos;
  return (six ? "[" + listener.address + "]" : listener.address) + ":" +
         std::to_string(listener.port) + (listener.protocol == "udp" ? "/udp" : "");
}

Target Complete(const Target& target, const Found& found) {
  Target whole = target;
  CompletePort(found, whole);
  CompleteFile(found, whole);
  CompleteGuardFiles(found, whole);
  whole.standby_polls = found.standby_polls;
  whole.answers = whole.answers || found.answers;
  whole.start_up = std::chrono::milliseconds(static_cast<int64_t>(found.started_after_ms));
  whole.duplicate_is_declared = whole.duplicate_exit.has_value();
  if (!whole.duplicate_exit) whole.duplicate_exit = found.duplicate_exit;
  whole.elsewhere_exit = found.elsewhere_exit;
  return whole;
}

std::string JsonText(const Found& found) {
  return ToJson(found).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string Describe(const Found& found) {
  std::string text;
  for (const Listener& listener : found.listeners) {
    text += (text.empty() ? "" : ", ") + NameOf(listener) +
            (listener.shares_port ? " (SO_REUSEPORT)" : "");
  }
  for (const std::string& name : found.unix_sockets) {
    text += (text.empty() ? "" : ", ") + InHome(name);
  }
  if (text.empty()) text = "no port";
  text += fmt::format(" after {:.0f} ms", found.started_after_ms);
  if (found.in_background) text += ", in the background (launcher: " + found.launcher_ending + ")";
  if (found.processes > 1) text += fmt::format(", {} processes", found.processes);
  text += found.pid_file ? ", pid file " + InHome(*found.pid_file) : ", no pid file";
  if (found.lock_file) text += ", lock file " + InHome(*found.lock_file);
  if (found.file_is_binary) text += " (in a format of its own)";
  for (const std::string& link : found.links) text += ", link " + InHome(link) + " with its pid";
  text += ", " + DescribeLocks(found) + "; ";
  text += found.ends_on_sigterm.empty() ? "does not end on SIGTERM within 5 s"
                                        : "ends on SIGTERM " + found.ends_on_sigterm;
  const bool ends = !found.ends_on_sigterm.empty();
  if (found.pid_file && ends) text += found.pid_file_left ? ", file left" : ", file removed";
  if (!found.duplicate.empty()) text += "; a duplicate " + found.duplicate;
  return text;
}

}  // namespace pidfall
