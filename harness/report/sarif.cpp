#include "harness/report/sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/report/safe_json.h"
#include "harness/report/source_place.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kSchema[] = "https://json.schemastore.org/sarif-2.1.0.json";

Json Message(const std::string& text) { return {{"text", CleanText(text)}}; }

Json Location(const JsonHead& head, const Result& result) {
  const std::string place =
      result.guard.empty() ? result.scenario : result.guard + '/' + result.scenario;
  const auto [uri, base] = PlaceOf(head, result);
  return {{"logicalLocations", Json::array({{{"fullyQualifiedName", place}}})},
          {"physicalLocation",
           {{"artifactLocation", {{"uri", uri}, {"uriBaseId", base}}},
            {"region", {{"startLine", 1}}}}}};
}

// A breach that is expected of a bundled server is no finding.
bool IsFinding(const Result& result) {
  return result.surprise || (HasFailed(result) && result.expected.empty());
}

const char* Level(const Result& result) {
  const bool is_weakness = HasFailed(result) && result.severity == Severity::kWeakness;
  return is_weakness ? "warning" : "error";
}

std::string Clause(const Result& result) {
  return result.clauses.empty() ? "" : result.clauses.front();
}

std::string Story(const Result& result) {
  std::string text = result.summary;
  if (result.surprise) {
    text = fmt::format("{}, expected {}. {}", Name(result.verdict), result.expected, text);
  }
  if (HasFailed(result)) text = fmt::format("{}: {}", Clause(result), text);
  for (const std::string& line : result.evidence) text += '\n' + line;
  return result.reproduce.empty() ? text : text + "\nagain: " + result.reproduce;
}

Json FindingJson(const JsonHead& head, const Result& result, std::size_t rule) {
  Json json = {{"ruleId", result.scenario},
               {"ruleIndex", rule},
               {"level", Level(result)},
               {"message", Message(Story(result))},
               {"locations", Json::array({Location(head, result)})},
               {"partialFingerprints",
                {{"pidfall/v1", result.scenario + ' ' + Clause(result) + ' ' + result.guard}}},
               {"properties", {{"reproduce", result.reproduce}, {"clauses", result.clauses}}}};
  if (result.verdict == Verdict::kKnown) {
    json["suppressions"] =
        Json::array({{{"kind", "external"}, {"justification", "in the --baseline file"}}});
  }
  return json;
}

Json RuleJson(const Result& result, const PageNote& note) {
  const std::string story = note.story.empty() ? result.scenario : note.story;
  Json json = {{"id", result.scenario},
               {"shortDescription", Message(story)},
               {"properties", {{"tags", Json::array({result.family})}}}};
  if (!note.harm.empty()) json["fullDescription"] = Message(note.harm);
  if (!note.cure.empty()) json["help"] = Message(note.cure);
  return json;
}

struct Collected {
  Json rules = Json::array();
  Json results = Json::array();

  std::size_t RuleFor(const Result& result, const std::map<std::string, PageNote>& notes) {
    const auto known = std::find_if(rules.begin(), rules.end(), [&](const Json& rule) {
      return rule["id"] == result.scenario;
    });
    if (known != rules.end()) return static_cast<std::size_t>(known - rules.begin());
    const auto note = notes.find(result.scenario);
    rules.push_back(RuleJson(result, note != notes.end() ? note->second : PageNote()));
    return rules.size() - 1;
  }
};

Json Notifications(const std::vector<Result>& results) {
  Json json = Json::array();
  for (const Result& result : results) {
    const bool is_broken = result.verdict == Verdict::kBroken;
    if (!is_broken && result.verdict != Verdict::kSkip) continue;
    json.push_back({{"level", is_broken ? "error" : "note"},
                    {"message", Message(fmt::format("{} {}: {}", result.scenario,
                                                    Name(result.verdict), result.summary))}});
  }
  return json;
}

}  // namespace

std::string SarifText(const JsonHead& head, const std::vector<Result>& results,
                      const std::map<std::string, PageNote>& notes) {
  Collected found;
  for (const Result& result : results) {
    if (!IsFinding(result) || result.verdict == Verdict::kBroken) continue;
    found.results.push_back(FindingJson(head, result, found.RuleFor(result, notes)));
  }
  const Json driver = {{"name", "pidfall"}, {"version", head.version}, {"rules", found.rules}};
  const Json invocation = {{"executionSuccessful", Count(results).broken == 0},
                           {"toolExecutionNotifications", Notifications(results)}};
  const Json run = {{"tool", {{"driver", driver}}},
                    {"originalUriBaseIds", {{kMachineBase, {{"uri", "file:///"}}}}},
                    {"invocations", Json::array({invocation})},
                    {"results", found.results},
                    {"columnKind", "utf16CodeUnits"}};
  return SafeJson({{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}});
}

}  // namespace pidfall
