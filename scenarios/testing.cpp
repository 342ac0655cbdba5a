#include "scenarios/testing.h"

#include <algorithm>
#include <utility>

#include "harness/run/runner.h"

namespace pidfall {
namespace {

class CaseTest : public testing::Test {
 public:
  explicit CaseTest(std::function<void()> body) : body_(std::move(body)) {}
  void TestBody() override { body_(); }

 private:
  std::function<void()> body_;
};

std::string WithoutDashes(std::string_view name) {
  std::string result(name);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

}  // namespace

Result RunCase(const Scenario& scenario, const Target& target) {
  return RunCases({{.scenario = &scenario, .target = target}}, {.jobs = 1}, [](const Result&) {})
      .at(0);
}

std::string Account(const Result& result) {
  std::string account = result.scenario + ": " + Name(result.verdict);
  if (result.verdict == Verdict::kFail) account += ' ' + result.clauses.front();
  account += ": " + result.summary;
  for (const std::string& line : result.evidence) account += "\n  " + line;
  return account;
}

void RegisterCase(std::string_view suite, const std::string& name, std::function<void()> body) {
  testing::RegisterTest(WithoutDashes(suite).c_str(), WithoutDashes(name).c_str(), nullptr, nullptr,
                        __FILE__, __LINE__,
                        [body = std::move(body)]() -> CaseTest* { return new CaseTest(body); });
}

}  // namespace pidfall
