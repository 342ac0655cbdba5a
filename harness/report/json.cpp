#include "harness/report/json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "harness/report/safe_json.h"
#include "harness/report/times_json.h"

namespace pidfall {
namespace {

// Ordered, so that the fields come in the order of the documentation.
using Json = nlohmann::ordered_json;

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json TargetJson(const Target& target) {
  return {{"command", target.command},
          {"port", OrNull(target.port)},
          {"pid_file", OrNull(target.pid_file)}};
}

Json ResultJson(const Result& result) {
  Json json = {{"scenario", result.scenario},
               {"family", result.family},
               {"clauses", result.clauses},
               {"verdict", Name(result.verdict)}};
  if (HasFailed(result)) json["severity"] = Name(result.severity);
  json["summary"] = result.summary;
  json["evidence"] = result.evidence;
  json["duration_ms"] = result.duration_ms;
  json["reproduce"] = result.reproduce;
  if (!result.server.empty()) json["server"] = result.server;
  if (!result.guard.empty()) {
    json["guard"] = result.guard;
    json["expected"] = result.expected;
  }
  if (!result.times.lanes.empty()) json["timeline"] = TimesJson(result.times);
  return json;
}

Json ExitsJson(const std::vector<SimulatedFacts::Exit>& exits) {
  Json json = Json::array();
  for (const auto& [at_s, pid, status] : exits) {
    json.push_back({{"at_s", at_s}, {"pid", pid}, {"status", status}});
  }
  return json;
}

void Add(const SimulatedFacts& facts, Json* json) {
  (*json)["variant"] = facts.variant;
  (*json)["starts"] = facts.starts;
  (*json)["exits"] = ExitsJson(facts.exits);
  (*json)["gave_up"] = OrNull(facts.gave_up);
  (*json)["served_after_s"] = OrNull(facts.served_after_s);
}

Json ResultsJson(const std::vector<Result>& results, const std::vector<SimulatedFacts>& facts) {
  Json json = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    json.push_back(ResultJson(results[i]));
    if (i < facts.size()) Add(facts[i], &json.back());
  }
  return json;
}

Json TotalsJson(const Totals& totals) {
  return {{"pass", totals.pass},          {"fail", totals.fail},   {"skip", totals.skip},
          {"n/a", totals.not_applicable}, {"known", totals.known}, {"broken", totals.broken}};
}

}  // namespace

std::string JsonText(const JsonHead& head, const std::vector<Result>& results,
                     const std::vector<SimulatedFacts>& facts) {
  Json json = {{"pidfall", head.version}, {"command", head.command}, {"sandbox", head.sandbox}};
  if (head.target) json["target"] = TargetJson(*head.target);
  if (!head.found.empty()) json["target"]["found"] = Json::parse(head.found);
  if (!head.more.empty()) json.update(Json::parse(head.more));
  json["results"] = ResultsJson(results, facts);
  json["totals"] = TotalsJson(Count(results));
  return SafeJson(std::move(json));
}

}  // namespace pidfall
