#include "harness/report/audit_json.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

namespace pidfall {
namespace {

// Ordered, so that the fields come in the order of the documentation.
using Json = nlohmann::ordered_json;

Json Seconds(const std::optional<SupervisorTime>& time) {
  return time ? Json(std::chrono::duration<double>(*time).count()) : Json(nullptr);
}

Json OutcomeJson(const DuplicateOutcome& outcome) {
  return {{"starts", outcome.starts},
          {"gave_up_s", Seconds(outcome.gave_up)},
          {"served_after_s", Seconds(outcome.serves_within)}};
}

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json ServiceJson(const AuditedService& service, const Judged& judged) {
  const Job& job = service.policy->job();
  return {{"service", service.source},
          {"name", service.name},
          {"file", service.file},
          {"policy", service.policy->Describe()},
          {"command", service.facts.words},
          {"image", OrNull(job.image)},
          {"ports", service.facts.ports},
          {"pid_file", OrNull(service.facts.pid_file)},
          {"pids", judged.copies},
          {"duplicate",
           {{"exit 0", OutcomeJson(service.with_status_0)},
            {"exit 1", OutcomeJson(service.with_status_1)}}},
          {"notes", service.policy->Notes()}};
}

}  // namespace

std::string AuditJson(const Audit& audit) {
  Json services = Json::array();
  for (std::size_t i = 0; i < audit.judged.size(); ++i) {
    services.push_back(ServiceJson(audit.services.all[i], audit.judged[i]));
  }
  const Json json = {{"services", services}, {"unread", audit.services.unread}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pidfall
