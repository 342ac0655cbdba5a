#include "harness/report/times_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace pidfall {
namespace {

using Json = nlohmann::ordered_json;

// To a tenth of a millisecond.
double Rounded(double seconds) {
  constexpr double kPerSecond = 1e4;
  return std::round(seconds * kPerSecond) / kPerSecond;
}

// Short, because there may be thousands: [phase, from, to], [at, status] and [at, what].
Json LaneJson(const StoryTimes::Lane& lane) {
  Json json = {{"name", lane.name}, {"bars", Json::array()}, {"ends", Json::array()}};
  for (const auto& [phase, from_s, to_s] : lane.bars) {
    json["bars"].push_back({phase, Rounded(from_s), Rounded(to_s)});
  }
  for (const auto& [at_s, status] : lane.ends) json["ends"].push_back({Rounded(at_s), status});
  if (lane.marks.empty()) return json;
  json["marks"] = Json::array();
  for (const auto& [at_s, what] : lane.marks) json["marks"].push_back({Rounded(at_s), what});
  return json;
}

}  // namespace

nlohmann::ordered_json TimesJson(const StoryTimes& times) {
  Json json = {{"duration_s", Rounded(times.duration_s)}, {"lanes", Json::array()}};
  if (times.is_simulated) json["simulated"] = true;
  for (const StoryTimes::Lane& lane : times.lanes) json["lanes"].push_back(LaneJson(lane));
  if (times.lines_s.empty()) return json;
  json["evidence_at_s"] = Json::array();
  for (const double at_s : times.lines_s) json["evidence_at_s"].push_back(Rounded(at_s));
  return json;
}

}  // namespace pidfall
