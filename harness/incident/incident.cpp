#include "harness/incident/incident.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"

namespace pidfall {
namespace {

constexpr std::string_view kServers = "{servers}";

// "https://github.com/owner/repo/issues/7" and "owner/repo#7" are one address.
std::string ShortAddress(std::string address) {
  const std::string site = "https://github.com/";
  if (!address.starts_with(site)) return address;
  address.erase(0, site.size());
  for (const std::string middle : {"/issues/", "/pull/"}) {
    const auto at = address.find(middle);
    if (at != std::string::npos) return address.replace(at, middle.size(), "#");
  }
  return address;
}

const ActorLog* FindActor(const SimulationLog& log, const std::string& name) {
  const auto found = std::find_if(log.actors.begin(), log.actors.end(),
                                  [&](const ActorLog& actor) { return actor.name == name; });
  return found == log.actors.end() ? nullptr : &*found;
}

// How it ended by itself: a signal as launchctl lists it, negative.
std::set<int> StatusesOf(const ActorLog& actor) {
  std::set<int> statuses;
  for (const ExitEntry& exit : actor.exits) {
    if (!exit.provoked) statuses.insert(exit.signal != 0 ? -exit.signal : exit.status);
  }
  return statuses;
}

std::string Listed(const std::set<int>& statuses) {
  return statuses.empty() ? "none" : fmt::format("{}", fmt::join(statuses, ", "));
}

std::string Listed(const CountRange& bounds) {
  return bounds.least == bounds.most ? fmt::format("{}", bounds.least)
                                     : fmt::format("{} to {}", bounds.least, bounds.most);
}

class Comparison {
 public:
  Comparison(const ExpectedOutcome& expected, const SimulationLog& log)
      : expected_(expected), log_(log) {}

  std::vector<std::string> Run() {
    if (log_.cut_short) differences_.push_back(*log_.cut_short);
    for (const auto& [name, bounds] : expected_.starts) CompareStarts(name, bounds);
    for (const auto& [name, statuses] : expected_.statuses) {
      CompareStatuses(name, {statuses.begin(), statuses.end()});
    }
    CompareServedAfter();
    const int owners = MostOwners(log_);
    if (owners > expected_.owners) {
      differences_.push_back(
          fmt::format("{} served at one instant, expected {}", owners, expected_.owners));
    }
    return differences_;
  }

 private:
  void CompareStarts(const std::string& name, const CountRange& bounds) {
    const ActorLog* actor = FindActor(log_, name);
    const int starts = actor == nullptr ? 0 : static_cast<int>(actor->starts.size());
    if (starts >= bounds.least && starts <= bounds.most) return;
    differences_.push_back(fmt::format("{}: {} starts, expected {}", name, starts, Listed(bounds)));
  }

  void CompareStatuses(const std::string& name, const std::set<int>& statuses) {
    const ActorLog* actor = FindActor(log_, name);
    const std::set<int> seen = actor == nullptr ? std::set<int>() : StatusesOf(*actor);
    if (seen == statuses) return;
    differences_.push_back(
        fmt::format("{}: statuses {}, expected {}", name, Listed(seen), Listed(statuses)));
  }

  void CompareServedAfter() {
    if (!expected_.served_within && !expected_.never_served) return;
    const auto served = ServedAfter(log_);
    const std::string seen = served               ? "served " + FormatDuration(*served) + " after"
                             : Gaps(log_).empty() ? "no owner went"
                                                  : "never served after";
    if (expected_.never_served) {
      if (served || Gaps(log_).empty()) differences_.push_back(seen + ", expected never");
    } else if (!served || *served > *expected_.served_within) {
      differences_.push_back(
          fmt::format("{}, expected within {}", seen, FormatDuration(*expected_.served_within)));
    }
  }

  const ExpectedOutcome& expected_;
  const SimulationLog& log_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<Incident> ReadIncidents(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (error) throw BadInput(folder, 0, error.message());
  std::sort(files.begin(), files.end());
  std::vector<Incident> incidents;
  incidents.reserve(files.size());
  for (const std::string& file : files) incidents.push_back(ReadIncident(file));
  return incidents;
}

Incident FindIncident(const std::string& folder, const std::string& id_address_or_file) {
  if (id_address_or_file.ends_with(".toml")) return ReadIncident(id_address_or_file);
  for (const Incident& incident : ReadIncidents(folder)) {
    const bool by_address = ShortAddress(incident.source) == ShortAddress(id_address_or_file);
    if (incident.id == id_address_or_file || by_address) return incident;
  }
  throw BadInput(fmt::format("no incident is called '{}'; `pidfall incident list` names them all",
                             id_address_or_file));
}

std::vector<std::vector<std::string>> CommandsOf(const Incident& incident,
                                                 const IncidentGuard& guard,
                                                 const std::string& servers_folder) {
  std::vector<std::vector<std::string>> commands;
  for (const std::string& actor : incident.actors) {
    std::vector<std::string>& command = commands.emplace_back();
    for (std::string word : incident.commands.at(actor)) {
      if (word == "{guard}") {
        command.insert(command.end(), guard.arguments.begin(), guard.arguments.end());
        continue;
      }
      const auto at = word.find(kServers);
      if (at != std::string::npos) word.replace(at, kServers.size(), servers_folder);
      command.push_back(word);
    }
  }
  return commands;
}

std::vector<std::string> Differences(const ExpectedOutcome& expected, const SimulationLog& log) {
  return Comparison(expected, log).Run();
}

}  // namespace pidfall
