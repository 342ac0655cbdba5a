#include "harness/report/baseline.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <system_error>

#include "harness/input/bad_input.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

std::string KeyOf(const std::string& scenario, const std::string& clause,
                  const std::string& severity) {
  return fmt::format("{} {} {}", scenario, clause, severity);
}

nlohmann::json ParseFile(const std::string& path) {
  try {
    return nlohmann::json::parse(ReadToEnd(OpenFile(path, O_RDONLY).get(), path));
  } catch (const nlohmann::json::parse_error& error) {
    throw BadInput(path, 0, "not JSON at byte " + std::to_string(error.byte));
  } catch (const std::system_error& error) {
    throw BadInput(error.what());
  }
}

}  // namespace

bool Baseline::Knows(const Result& result) const {
  if (result.verdict != Verdict::kFail || result.clauses.empty()) return false;
  const auto was_accepted = [&](Severity severity) {
    return failures_.contains(KeyOf(result.scenario, result.clauses.front(), Name(severity)));
  };
  return was_accepted(Severity::kBreach) || was_accepted(result.severity);
}

std::vector<std::string> Baseline::Fixed(const std::vector<Result>& results) const {
  std::vector<std::string> fixed;
  for (const Result& result : results) {
    if (result.verdict != Verdict::kPass) continue;
    const auto first = failures_.lower_bound(result.scenario + " ");
    if (first != failures_.end() &&
        first->compare(0, result.scenario.size() + 1, result.scenario + " ") == 0) {
      fixed.push_back(result.scenario);
    }
  }
  return fixed;
}

Baseline ReadBaseline(const std::string& path) {
  const nlohmann::json file = ParseFile(path);
  std::set<std::string> failures;
  try {
    for (const nlohmann::json& result : file.at("results")) {
      if (result.at("verdict") != "fail" && result.at("verdict") != "known") continue;
      failures.insert(
          KeyOf(result.at("scenario"), result.at("clauses").at(0), result.at("severity")));
    }
  } catch (const nlohmann::json::exception&) {
    throw BadInput(path, 0, "not a result file: write one with `pidfall check --json FILE`");
  }
  return Baseline(std::move(failures));
}

}  // namespace pidfall
