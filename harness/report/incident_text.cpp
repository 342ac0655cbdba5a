#include "harness/report/incident_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "harness/input/duration.h"

namespace pidfall {
namespace {

// Groups the cells by variant, in the order of the file.
std::vector<std::vector<const IncidentCell*>> ByVariant(const std::vector<IncidentCell>& cells) {
  std::vector<std::vector<const IncidentCell*>> variants;
  for (const IncidentCell& cell : cells) {
    if (variants.empty() || variants.back().front()->variant != cell.variant) {
      variants.emplace_back();
    }
    variants.back().push_back(&cell);
  }
  return variants;
}

std::string VariantHead(const Incident& incident, const std::vector<const IncidentCell*>& cells) {
  std::chrono::nanoseconds real{};
  for (const IncidentCell* cell : cells) real += cell->log.real;
  return fmt::format("{}  {}\n{}; {} simulated in {}\n", incident.id, cells.front()->variant,
                     cells.front()->policy, FormatDuration(cells.front()->log.duration),
                     FormatDuration(real));
}

std::string Drawing(const std::vector<const IncidentCell*>& cells, const TimelineStyle& style) {
  std::vector<TimelineGroup> groups;
  groups.reserve(cells.size());
  for (const IncidentCell* cell : cells) groups.push_back({cell->guard, &cell->log});
  return DrawTimeline(groups, style);
}

std::string GuardWords(const IncidentCell& cell) {
  if (cell.log.actors.empty()) return cell.guard + " not simulated";
  return fmt::format("{} {}", cell.guard, Summary(cell.log, SupervisedActor(cell.log)));
}

// Where nobody is supervised, counts of starts tell nothing.
std::string OutcomeWords(const IncidentCell& cell) {
  const bool counts = !cell.log.actors.empty() && SupervisedActor(cell.log).supervised;
  return counts ? GuardWords(cell) : fmt::format("{} {}", cell.guard, cell.result.summary);
}

}  // namespace

std::string IncidentListText(const std::vector<Incident>& incidents) {
  std::size_t width = 0;
  for (const Incident& incident : incidents) width = std::max(width, incident.id.size());
  std::string out;
  for (const Incident& incident : incidents) {
    out += fmt::format("{:<{}}  {}\n{:<{}}  {}; {}\n", incident.id, width, incident.title, "",
                       width, incident.mechanism, incident.source);
  }
  return out;
}

std::string IncidentText(const Incident& incident) {
  std::string out = fmt::format("{}  {}\nmechanism  {}\nsource     {}\n", incident.id,
                                incident.title, incident.mechanism, incident.source);
  if (!incident.dated.empty()) out += fmt::format("dated      {}\n", incident.dated);
  if (!incident.see.empty()) out += fmt::format("see        {}\n", fmt::join(incident.see, " "));
  for (const IncidentVariant& variant : incident.variants) {
    out += fmt::format("\n{}\n", variant.name);
    for (const IncidentGuard& guard : incident.guards) {
      const ExpectedOutcome& expected = variant.expected.at(guard.name);
      const std::string breaks = expected.breaks.empty() ? "" : " (breaks " + expected.breaks + ")";
      out += fmt::format("  {}: {}{}\n", guard.name, expected.why, breaks);
    }
  }
  return out;
}

std::string CellsText(const Incident& incident, const std::vector<IncidentCell>& cells,
                      const TimelineStyle& style) {
  std::string out;
  for (const auto& variant : ByVariant(cells)) {
    out += VariantHead(incident, variant) + Drawing(variant, style) + '\n';
  }
  return out;
}

std::string CellsLines(const Incident& incident, const std::vector<IncidentCell>& cells) {
  std::string out;
  for (const auto& variant : ByVariant(cells)) {
    out += fmt::format("{} ({}), {}\n", incident.id, incident.source, variant.front()->variant);
    for (const IncidentCell* cell : variant) out += "  " + OutcomeWords(*cell) + '\n';
  }
  return out;
}

std::string CellsSummary(const Incident& incident, const std::vector<IncidentCell>& cells) {
  std::string out;
  for (const auto& variant : ByVariant(cells)) {
    std::vector<std::string> guards;
    guards.reserve(variant.size());
    for (const IncidentCell* cell : variant) guards.push_back(GuardWords(*cell));
    out += fmt::format("incident {}, {}, {}: {}\n", incident.dated, variant.front()->variant,
                       FormatDuration(variant.front()->log.duration), fmt::join(guards, "; "));
  }
  return out;
}

}  // namespace pidfall
