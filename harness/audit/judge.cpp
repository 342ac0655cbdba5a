#include "harness/audit/judge.h"

#include <algorithm>
#include <utility>

#include "harness/audit/questions.h"

namespace pidfall {
namespace {

Judged JudgeOne(const Asked& asked) {
  Judged judged{
      .results = {PidFileAnswer(asked), CopiesAnswer(asked), PortAnswer(asked), LoopAnswer(asked)}};
  for (const Copy& copy : asked.copies) judged.copies.push_back(copy.pid);
  for (Result& result : judged.results) {
    result.scenario = asked.service.source + '/' + result.scenario;
    result.family = asked.service.source;
    result.server = asked.service.source;
  }
  return judged;
}

}  // namespace

std::vector<Judged> Judge(const std::vector<AuditedService>& services, const Machine& machine) {
  std::vector<Judged> all;
  all.reserve(services.size());
  for (const AuditedService& service : services) {
    all.push_back(JudgeOne({service, services, machine, CopiesOf(service, machine)}));
  }
  return all;
}

std::vector<Judged> Confirmed(std::vector<Judged> first, const std::vector<Judged>& second) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (std::any_of(first[i].results.begin(), first[i].results.end(), IsFailure)) {
      first[i] = second.at(i);
    }
  }
  return first;
}

}  // namespace pidfall
