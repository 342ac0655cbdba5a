#include "scenarios/expected.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

// Reads one file strictly: a typing error must not turn into "expected to pass".
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  [[noreturn]] void Fail(const toml::source_region& where, const std::string& message) const {
    throw BadInput(file_, static_cast<int>(where.begin.line), message);
  }

  toml::table Parse(const std::string& text) const {
    try {
      return toml::parse(text, file_);
    } catch (const toml::parse_error& error) {
      Fail(error.source(), std::string(error.description()));
    }
  }

  const toml::table& Table(const toml::key& key, const toml::node& node) const {
    if (!node.is_table()) Fail(key.source(), fmt::format("'{}' must be a table", key.str()));
    return *node.as_table();
  }

  Expectation ReadExpectation(const toml::key& name, const toml::table& table) const {
    for (const auto& [key, value] : table) CheckKey(key, value);
    if (table.contains("na")) {
      if (table.size() > 1) Fail(name.source(), "'na' stands alone: it is the reason itself");
      return {Verdict::kNotApplicable, "", *table["na"].value<std::string>()};
    }
    if (!table.contains("fail")) Fail(name.source(), "needs either 'fail' or 'na'");
    if (!table.contains("because")) Fail(name.source(), "'fail' needs 'because'");
    CheckClause(*table.get("fail"));
    return {Verdict::kFail, *table["fail"].value<std::string>(),
            *table["because"].value<std::string>()};
  }

 private:
  void CheckKey(const toml::key& key, const toml::node& value) const {
    const bool known = key == "fail" || key == "because" || key == "na";
    if (!known) Fail(key.source(), fmt::format("unknown key '{}'", key.str()));
    const auto text = value.value_exact<std::string>();
    if (!text || text->empty()) {
      Fail(value.source(), fmt::format("'{}' must be a sentence in quotes", key.str()));
    }
  }

  void CheckClause(const toml::node& node) const {
    const std::string clause = *node.value<std::string>();
    const bool is_clause =
        clause.size() > 1 && clause.front() == 'C' &&
        std::all_of(clause.begin() + 1, clause.end(), [](unsigned char c) { return isdigit(c); });
    if (!is_clause) Fail(node.source(), fmt::format("'{}' is no clause: C1, C2, ...", clause));
  }

  std::string file_;
};

std::string FamilyOf(const std::string& scenario) {
  return scenario.substr(0, scenario.find('/')) + "/*";
}

bool Matches(const std::string& name, const std::string& scenario) {
  return name == scenario || name == FamilyOf(scenario);
}

bool SeenBroken(const Result& result, const std::string& clause) {
  return !result.clauses.empty() && result.clauses.front() == clause;
}

}  // namespace

std::string Words(const Expectation& expectation) {
  std::string words = Name(expectation.verdict);
  if (expectation.verdict == Verdict::kFail) words += ' ' + expectation.clause;
  return words;
}

void Judge(const Expectation& expectation, Result* result) {
  result->expected = Words(expectation);
  const bool judged = result->verdict != Verdict::kSkip && result->verdict != Verdict::kBroken;
  const bool same_verdict = result->verdict == expectation.verdict;
  const bool same_clause =
      result->verdict != Verdict::kFail || SeenBroken(*result, expectation.clause);
  result->surprise = judged && !(same_verdict && same_clause);
}

Expected::Expected(const std::string& text, std::string file) : file_(std::move(file)) {
  const Reader reader(file_);
  const toml::table root = reader.Parse(text);
  for (const auto& [guard, scenarios] : root) {
    for (const auto& [scenario, node] : reader.Table(guard, scenarios)) {
      const toml::table& table = reader.Table(scenario, node);
      entries_[{std::string(guard.str()), std::string(scenario.str())}] = {
          reader.ReadExpectation(scenario, table), static_cast<int>(scenario.source().begin.line)};
    }
  }
}

Expectation Expected::For(const std::string& guard, const std::string& scenario) const {
  for (const std::string& name : {scenario, FamilyOf(scenario)}) {
    const auto entry = entries_.find({guard, name});
    if (entry != entries_.end()) return entry->second.expectation;
  }
  return {};
}

void Expected::CheckNames(const std::vector<std::string>& guards,
                          const std::vector<std::string>& scenarios) const {
  for (const auto& [names, entry] : entries_) {
    const auto& [guard, name] = names;
    if (std::find(guards.begin(), guards.end(), guard) == guards.end()) {
      throw BadInput(file_, entry.line, fmt::format("there is no strategy '{}'", guard));
    }
    const bool known = std::any_of(scenarios.begin(), scenarios.end(),
                                   [&, n = name](const auto& id) { return Matches(n, id); });
    if (!known) throw BadInput(file_, entry.line, fmt::format("there is no scenario '{}'", name));
  }
}

}  // namespace pidfall
