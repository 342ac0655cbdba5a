#include "harness/incident/log_json.h"

#include <chrono>
#include <nlohmann/json.hpp>

namespace nlohmann {

template <>
struct adl_serializer<std::chrono::nanoseconds> {
  static void to_json(json& wire, std::chrono::nanoseconds time) { wire = time.count(); }
  static void from_json(const json& wire, std::chrono::nanoseconds& time) {
    time = std::chrono::nanoseconds(wire.get<std::chrono::nanoseconds::rep>());
  }
};

template <>
struct adl_serializer<std::optional<std::string>> {
  static void to_json(json& wire, const std::optional<std::string>& text) {
    wire = text ? json(*text) : json(nullptr);
  }
  static void from_json(const json& wire, std::optional<std::string>& text) {
    if (!wire.is_null()) text = wire.get<std::string>();
  }
};

}  // namespace nlohmann

namespace pidfall {

// Found by nlohmann's library beside the types, hence not in the unnamed namespace.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StartEntry, at, pid, beside_an_owner)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExitEntry, at, pid, status, signal, served, provoked)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Span, phase, from, to)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ActorLog, name, supervised, starts, exits, spans, gave_up, rest,
                                   signals)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FileLog, exists, content)

void to_json(nlohmann::json& json, const SimulationLog& log) {
  json = {{"actors", log.actors}, {"duration", log.duration},   {"real", log.real},
          {"notes", log.notes},   {"cut_short", log.cut_short}, {"skipped", log.skipped},
          {"files", log.files}};
}

void from_json(const nlohmann::json& json, SimulationLog& log) {
  json.at("actors").get_to(log.actors);
  json.at("duration").get_to(log.duration);
  json.at("real").get_to(log.real);
  json.at("notes").get_to(log.notes);
  json.at("cut_short").get_to(log.cut_short);
  json.at("skipped").get_to(log.skipped);
  json.at("files").get_to(log.files);
}

}  // namespace pidfall
