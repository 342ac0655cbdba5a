#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>

#include "harness/incident/incidents_folder.h"

namespace pidfall {
namespace {

// A cell of a table in Markdown.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char letter : text) {
    if (letter == '|') cell += '\\';
    cell += letter == '<' ? "&lt;" : std::string(1, letter);
  }
  return cell;
}

// "owner/repo#7" as a link; other words as they are.
std::string LinkTo(const std::string& source) {
  static const std::regex address(R"(([\w.-]+/[\w.-]+)#(\d+))");
  std::smatch match;
  if (!std::regex_match(source, match, address)) return Cell(source);
  return fmt::format("[{}](https://github.com/{}/issues/{})", source, match.str(1), match.str(2));
}

// "launchd KeepAlive=true": without what follows its first comma.
std::string PoliciesOf(const Incident& incident) {
  std::vector<std::string> policies;
  for (const IncidentVariant& variant : incident.variants) {
    for (const Actor& actor : variant.plan.actors) {
      if (!actor.policy) continue;
      const std::string described = actor.policy->Describe();
      const std::string name = described.substr(0, described.find(','));
      if (std::find(policies.begin(), policies.end(), name) == policies.end()) {
        policies.push_back(name);
      }
    }
  }
  return policies.empty() ? "none: by hand" : fmt::format("{}", fmt::join(policies, "; "));
}

std::string RowOf(const Incident& incident) {
  return fmt::format("| [{}](../scenarios/incidents/{}.toml) | {} | {} | {} | {} |\n", incident.id,
                     incident.id, Cell(incident.title), LinkTo(incident.source),
                     Cell(incident.mechanism), Cell(PoliciesOf(incident)));
}

}  // namespace

std::string IncidentPage(const std::vector<Incident>& incidents) {
  std::string page = fmt::format(
      "# The library of incidents\n\n"
      "{} failures that happened, each before and after its fix: `pidfall incident run ID`. "
      "Written by `pidfall incident list\n--markdown`; [incidents](incidents.md) shows two of them "
      "at "
      "work.\n\n"
      "| id | what happened | address | mechanism | policies |\n|---|---|---|---|---|\n",
      incidents.size());
  for (const Incident& incident : incidents) page += RowOf(incident);
  return page;
}

}  // namespace pidfall
