#include "harness/incident/incident.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

constexpr std::string_view kServers = "{servers}";
constexpr std::string_view kGuard = "{guard}";

bool TakesGuard(const IncidentActor& actor) {
  return std::find(actor.command.begin(), actor.command.end(), kGuard) != actor.command.end();
}

// {guard} is the guard's arguments.
std::vector<std::string> CommandOf(const IncidentActor& actor,
                                   const std::vector<std::string>& arguments,
                                   const std::string& servers_folder) {
  std::vector<std::string> words;
  for (const std::string& word : actor.command) {
    if (word != kGuard) {
      words.push_back(word);
    } else {
      words.insert(words.end(), arguments.begin(), arguments.end());
    }
  }
  for (std::string& word : words) word = WithServers(word, servers_folder);
  return words;
}

StageActor StageActorOf(const IncidentActor& actor, std::vector<std::string> command) {
  StageActor how{.is_bystander = actor.is_bystander, .has_other_port = actor.has_other_port};
  how.start.command = std::move(command);
  how.start.contained = actor.is_container;
  how.start.host_name = actor.host;
  how.start.signals_nobody = !actor.may_signal;
  for (const auto& [name, value] : actor.environment) {
    RememberSecret(name, value);
    how.start.environment.push_back(std::string(name).append("=").append(value));
  }
  return how;
}

}  // namespace

std::string WithServers(std::string text, const std::string& servers_folder) {
  const auto at = text.find(kServers);
  if (at != std::string::npos) text.replace(at, kServers.size(), servers_folder);
  return text;
}

std::vector<StageActor> ActorsOf(const Incident& incident, const IncidentGuard& guard,
                                 const std::string& servers_folder) {
  std::vector<StageActor> actors;
  for (const IncidentActor& actor : incident.actors) {
    actors.push_back(StageActorOf(actor, CommandOf(actor, guard.arguments, servers_folder)));
  }
  return actors;
}

std::vector<StageActor> ActorsOf(const Incident& incident, const std::vector<std::string>& command,
                                 const std::string& servers_folder) {
  const bool in_all = std::none_of(incident.actors.begin(), incident.actors.end(), TakesGuard);
  std::vector<StageActor> actors;
  for (const IncidentActor& actor : incident.actors) {
    const bool yours = !actor.is_bystander && (in_all || TakesGuard(actor));
    actors.push_back(StageActorOf(actor, yours ? command : CommandOf(actor, {}, servers_folder)));
  }
  return actors;
}

bool Mentions(const Incident& incident, const std::string& place) {
  const auto in = [&](const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return word.find(place) != std::string::npos;
    });
  };
  return std::any_of(incident.actors.begin(), incident.actors.end(),
                     [&](const IncidentActor& actor) { return in(actor.command); }) ||
         std::any_of(incident.guards.begin(), incident.guards.end(),
                     [&](const IncidentGuard& guard) { return in(guard.arguments); });
}

}  // namespace pidfall
