#include "harness/incident/incident_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string_view>
#include <utility>

#include "harness/incident/incident.h"
#include "harness/incident/incident_events.h"
#include "harness/input/bad_input.h"
#include "harness/input/toml_table.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

// The states that a file may be expected in at the end.
constexpr std::string_view kFileWords = "gone, empty, names ACTOR, misnames ACTOR, says TEXT";

// The clauses of guard/CONTRACT.md, and the mechanisms of docs/incident-file.md: a test compares.
constexpr int kLastClause = 17;
constexpr int kLastMechanism = 52;

// The number in a word such as "C11"; 0: the word is none.
int NumberAfter(char letter, std::string_view word) {
  if (word.size() < 2 || word.front() != letter || word[1] == '0') return 0;
  return WholeNumber(word.substr(1)).value_or(0);
}

bool IsNumbered(char letter, int last, std::string_view word) {
  const int number = NumberAfter(letter, word);
  return number >= 1 && number <= last;
}

using Policies = std::map<std::string, std::shared_ptr<const Policy>>;

class IncidentReader {
 public:
  IncidentReader(const std::string& file, toml::table parsed)
      : file_(file), parsed_(std::move(parsed)), root_(file, parsed_) {}

  Incident Read() {
    incident_.file = file_;
    incident_.id = root_.Text("id");
    const std::string stem = std::filesystem::path(file_).stem();
    if (incident_.id != stem) root_.Fail("id", "'id' must be the file's name, " + stem);
    incident_.title = root_.Text("title");
    if (root_.Has("dated")) incident_.dated = root_.Date("dated");
    incident_.source = root_.Text("source");
    if (root_.Has("see")) incident_.see = root_.Texts("see");
    incident_.mechanism = ReadMechanism();
    incident_.socket = root_.Text("socket", "");
    duration_ = root_.Duration("for");
    if (duration_ <= SupervisorTime(0)) root_.Fail("for", "'for' must be longer than nothing");
    for (TomlTable actor : root_.Tables("actor")) ReadActor(actor);
    for (TomlTable guard : root_.Tables("guard")) ReadGuard(guard);
    for (TomlTable variant : root_.Tables("variant")) ReadVariant(variant);
    root_.Done();
    return std::move(incident_);
  }

 private:
  // "M30, M31: in words": the numbers are labels of ctest. Words alone are a mechanism without one.
  std::string ReadMechanism() {
    std::string mechanism = root_.Text("mechanism");
    static const std::regex number(R"(\bM\d+\b)");
    const std::string head = mechanism.substr(0, mechanism.find(':'));
    for (std::sregex_iterator found(head.begin(), head.end(), number), end; found != end; ++found) {
      if (IsNumbered('M', kLastMechanism, found->str())) continue;
      root_.Fail("mechanism", fmt::format("there is no mechanism {}: they are M1 to M{}",
                                          found->str(), kLastMechanism));
    }
    return mechanism;
  }

  static std::string ReadClause(TomlTable& table) {
    std::string clause = table.Text("breaks", "");
    if (!clause.empty() && !IsNumbered('C', kLastClause, clause)) {
      table.Fail("breaks", fmt::format("'{}' is no clause of the contract: they are C1 to C{}",
                                       clause, kLastClause));
    }
    return clause;
  }

  bool IsActor(const std::string& name) const {
    return std::any_of(incident_.actors.begin(), incident_.actors.end(),
                       [&](const IncidentActor& actor) { return actor.name == name; });
  }

  void ReadActor(TomlTable& table) {
    IncidentActor actor{.name = table.Text("name")};
    if (actor.name.find(' ') != std::string::npos) table.Fail("name", "a name has no blanks");
    if (IsActor(actor.name)) table.Fail("name", "two actors are called " + actor.name);
    if (table.Has("policy")) {
      policies_[actor.name] = ReadPolicy(table, "policy", table.Text("policy"));
    }
    actor.is_bystander = table.Flag("bystander");
    actor.is_container = table.Flag("container");
    actor.may_signal = !table.Flag("signals_nobody");
    actor.has_other_port = table.Flag("other_port");
    actor.host = table.Text("host", "");
    if (table.Has("environment")) actor.environment = ReadEnvironment(table);
    ReadCommand(table, &actor);
    table.Done();
    incident_.actors.push_back(std::move(actor));
  }

  void ReadCommand(TomlTable& table, IncidentActor* actor) {
    if (!table.Has("command") && !actor->is_bystander) actor->command = TheirOwn(actor->name);
    if (table.Has("command")) actor->command = table.Texts("command");
    if (actor->is_bystander && (table.Has("command") || table.Has("policy"))) {
      table.Fail("bystander", "a bystander has neither a command nor a policy");
    }
    if (!actor->is_bystander && actor->command.empty()) {
      table.Fail(actor->name + " has no command");
    }
  }

  static std::map<std::string, std::string> ReadEnvironment(TomlTable& table) {
    TomlTable variables = table.Table("environment");
    std::map<std::string, std::string> environment;
    for (const std::string& name : variables.Keys()) {
      environment[name] = variables.TextOrNothing(name);
    }
    return environment;
  }

  std::vector<std::string> TheirOwn(const std::string& actor) const {
    const auto found = policies_.find(actor);
    return found == policies_.end() ? std::vector<std::string>() : found->second->job().command;
  }

  // A file stands beside the incident's.
  std::shared_ptr<const Policy> ReadPolicy(const TomlTable& table, std::string_view key,
                                           const std::string& name) {
    try {
      return LookUpPolicy(LocatePolicy(name, std::filesystem::path(file_).parent_path()));
    } catch (const BadInput& error) {
      table.Fail(key, error.what());
    }
  }

  void ReadGuard(TomlTable& table) {
    IncidentGuard guard = {table.Text("name"), table.Texts("arguments"), table.Text("note", "")};
    const bool twice =
        std::any_of(incident_.guards.begin(), incident_.guards.end(),
                    [&](const IncidentGuard& one) { return one.name == guard.name; });
    if (twice) table.Fail("name", "two guards are called " + guard.name);
    incident_.guards.push_back(std::move(guard));
    table.Done();
  }

  void ReadVariant(TomlTable& table) {
    IncidentVariant variant;
    variant.name = table.Text("name");
    variant.plan.duration = duration_;
    const Policies policies = PoliciesOf(table);
    for (const IncidentActor& actor : incident_.actors) {
      const auto policy = policies.find(actor.name);
      variant.plan.actors.push_back(
          {actor.name, policy == policies.end() ? nullptr : policy->second});
    }
    for (TomlTable event : table.Tables("events")) {
      const int line = event.LineOf("at");
      variant.plan.events.push_back(ReadEvent(event, variant.plan.actors));
      if (variant.plan.events.back().at < duration_) continue;
      throw BadInput(file_, line, "an event after the end");
    }
    ReadExpectations(table, variant);
    table.Done();
    incident_.variants.push_back(std::move(variant));
  }

  // The actors' own, or what the variant puts in their place.
  Policies PoliciesOf(TomlTable& table) {
    Policies policies = policies_;
    if (!table.Has("policy")) return policies;
    TomlTable changes = table.Table("policy");
    for (const std::string& actor : changes.Keys()) {
      if (!IsActor(actor)) changes.Fail(actor, "no actor is called " + actor);
      policies[actor] = ReadPolicy(changes, actor, changes.Text(actor));
    }
    return policies;
  }

  void ReadExpectations(TomlTable& table, IncidentVariant& variant) {
    TomlTable expect = table.Table("expect");
    for (const IncidentGuard& guard : incident_.guards) {
      TomlTable outcome = expect.Table(guard.name);
      variant.expected[guard.name] = ReadOutcome(outcome);
    }
    expect.Done();
  }

  ExpectedOutcome ReadOutcome(TomlTable& table) {
    ExpectedOutcome outcome;
    outcome.why = table.Text("why");
    outcome.breaks = ReadClause(table);
    if (table.Has("owners")) outcome.owners = ReadCount(table, "owners");
    if (table.Has("starts")) outcome.starts = ReadStarts(table);
    if (table.Has("statuses")) outcome.statuses = ReadStatuses(table);
    if (table.Has("serves")) outcome.serves = ReadNames(table, "serves");
    if (table.Has("signalled")) outcome.signalled = ReadNames(table, "signalled");
    if (table.Has("files")) outcome.files = ReadFiles(table);
    if (table.Has("served_within")) {
      outcome.never_served = table.Text("served_within") == "never";
      if (!outcome.never_served) outcome.served_within = table.Duration("served_within");
    }
    table.Done();
    return outcome;
  }

  // agent = 1, or the least and the most: agent = [52, 61]
  std::map<std::string, CountRange> ReadStarts(TomlTable& table) {
    TomlTable starts = table.Table("starts");
    std::map<std::string, CountRange> bounds;
    for (const std::string& actor : ActorKeys(starts)) bounds[actor] = ReadCount(starts, actor);
    return bounds;
  }

  static CountRange ReadCount(TomlTable& table, const std::string& key) {
    if (!table.IsList(key)) {
      const int exact = table.Number(key, 0);
      return {exact, exact};
    }
    const std::vector<int> range = table.Numbers(key);
    if (range.size() != 2 || range[0] > range[1]) table.Fail(key, "not [least, most]");
    return {range[0], range[1]};
  }

  std::vector<std::string> ReadNames(TomlTable& table, const std::string& key) {
    std::vector<std::string> names = table.Texts(key);
    for (const std::string& name : names) {
      if (!IsActor(name)) table.Fail(key, fmt::format("no actor is called '{}'", name));
    }
    return names;
  }

  std::map<std::string, std::string> ReadFiles(TomlTable& table) {
    TomlTable files = table.Table("files");
    std::map<std::string, std::string> result;
    for (const std::string& file : files.Keys()) {
      result[file] = files.Text(file);
      CheckFileWords(files, file, result[file]);
    }
    return result;
  }

  void CheckFileWords(const TomlTable& table, const std::string& file,
                      const std::string& said) const {
    const auto blank = std::min(said.find(' '), said.size());
    const std::string verb = said.substr(0, blank);
    const std::string object = said.substr(std::min(blank + 1, said.size()));
    const bool stands_alone = verb == "gone" || verb == "empty";
    const bool takes_actor = verb == "names" || verb == "misnames";
    if (stands_alone ? !object.empty() : (!takes_actor && verb != "says") || object.empty()) {
      table.Fail(file, fmt::format("'{}' is none of {}", said, kFileWords));
    }
    if (takes_actor && !IsActor(object)) {
      table.Fail(file, fmt::format("no actor is called '{}'", object));
    }
  }

  std::map<std::string, std::vector<int>> ReadStatuses(TomlTable& table) {
    TomlTable statuses = table.Table("statuses");
    std::map<std::string, std::vector<int>> result;
    for (const std::string& actor : ActorKeys(statuses)) result[actor] = statuses.Numbers(actor);
    return result;
  }

  std::vector<std::string> ActorKeys(const TomlTable& table) const {
    for (const std::string& actor : table.Keys()) {
      if (!IsActor(actor)) table.Fail(actor, "no actor is called " + actor);
    }
    return table.Keys();
  }

  std::string file_;
  toml::table parsed_;
  TomlTable root_;
  Incident incident_;
  SupervisorTime duration_{};
  Policies policies_;
};

}  // namespace

Incident ReadIncident(const std::string& file) {
  return IncidentReader(file, ParseToml(file)).Read();
}

Incident ParseIncident(const std::string& file, const std::string& text) {
  return IncidentReader(file, ParseTomlText(file, text)).Read();
}

std::vector<Incident> ReadIncidents(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (error) throw BadInput(folder, 0, error.message());
  std::sort(files.begin(), files.end());
  std::vector<Incident> incidents;
  incidents.reserve(files.size());
  for (const std::string& file : files) incidents.push_back(ReadIncident(file));
  return incidents;
}

}  // namespace pidfall
