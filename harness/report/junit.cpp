#include "harness/report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/report/findings.h"
#include "harness/report/paint.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

struct Suite {
  std::string name;
  std::vector<const Result*> results;
};

std::string SuiteName(const std::string& command, const Result& result) {
  std::string name = "pidfall " + command;
  for (const std::string& part : {result.server, result.guard}) {
    if (!part.empty()) name += ' ' + part;
  }
  return name;
}

std::vector<Suite> Suites(const std::string& command, const std::vector<Result>& results) {
  std::vector<Suite> suites;
  for (const Result& result : results) {
    const std::string name = SuiteName(command, result);
    auto suite = std::find_if(suites.begin(), suites.end(),
                              [&](const Suite& known) { return known.name == name; });
    if (suite == suites.end()) suite = suites.insert(suite, {name, {}});
    suite->results.push_back(&result);
  }
  return suites;
}

std::string Element(std::string_view name, std::string_view message, std::string_view body) {
  return fmt::format("      <{0} message=\"{1}\">{2}</{0}>\n", name, XmlText(message),
                     XmlText(body));
}

std::string Skipped(const std::string& message) {
  return fmt::format("      <skipped message=\"{}\"/>\n", XmlText(message));
}

std::string Outcome(const Result& result) {
  const std::string story = FindingText(result, {}, Paint(false));
  if (result.verdict == Verdict::kBroken) return Element("error", result.summary, story);
  if (IsFailure(result)) {
    const std::string message = result.surprise
                                    ? fmt::format("{}, expected {}: {}", Name(result.verdict),
                                                  result.expected, result.summary)
                                    : result.summary;
    return Element("failure", message, story);
  }
  if (result.verdict == Verdict::kSkip) return Skipped(result.summary);
  if (result.verdict == Verdict::kNotApplicable) return Skipped("n/a: " + result.summary);
  if (result.verdict == Verdict::kPass) return "";
  return fmt::format("      <system-out>{}</system-out>\n", XmlText(story));
}

std::string TestCase(const Result& result) {
  const std::string classname =
      result.guard.empty() ? result.family : result.guard + '.' + result.family;
  return fmt::format(
      "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n{}    </testcase>\n",
      XmlText(classname), XmlText(result.scenario), result.duration_ms / 1000, Outcome(result));
}

struct Figures {
  int failures = 0, errors = 0, skipped = 0;
  double seconds = 0;
};

Figures Sum(const Suite& suite) {
  Figures figures;
  for (const Result* result : suite.results) {
    figures.seconds += result->duration_ms / 1000;
    if (result->verdict == Verdict::kBroken) {
      ++figures.errors;
    } else if (IsFailure(*result)) {
      ++figures.failures;
    } else if (result->verdict == Verdict::kSkip || result->verdict == Verdict::kNotApplicable) {
      ++figures.skipped;
    }
  }
  return figures;
}

std::string SuiteText(const Suite& suite) {
  const Figures figures = Sum(suite);
  std::string out = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\""
      " time=\"{:.3f}\">\n",
      XmlText(suite.name), suite.results.size(), figures.failures, figures.errors, figures.skipped,
      figures.seconds);
  for (const Result* result : suite.results) out += TestCase(*result);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string JunitText(const std::string& command, const std::vector<Result>& results) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Suite& suite : Suites(command, results)) out += SuiteText(suite);
  return out + "</testsuites>\n";
}

}  // namespace pidfall
