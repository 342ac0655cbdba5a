#include "harness/incident/log_wire.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

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
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StartEntry, at, pid)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExitEntry, at, pid, status, signal, served, provoked)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Span, phase, from, to)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ActorLog, name, supervised, starts, exits, spans, gave_up, rest)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SimulationLog, actors, duration, real, notes, cut_short)

std::string EncodeLog(const SimulationLog& log) {
  using nlohmann::json;
  return json(log).dump(-1, ' ', false, json::error_handler_t::replace);
}

SimulationLog DecodeLog(const std::string& wire) {
  try {
    return nlohmann::json::parse(wire).get<SimulationLog>();
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(std::string("the simulation's own process ended early: ") +
                             error.what());
  }
}

}  // namespace pidfall
