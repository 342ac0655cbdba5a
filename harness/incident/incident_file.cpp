#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "harness/incident/incident.h"
#include "harness/input/bad_input.h"
#include "harness/input/toml_table.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

constexpr std::pair<std::string_view, Deed> kDeeds[] = {
    {"start", Deed::kStart},   {"stop", Deed::kStop},   {"kill", Deed::kKill},
    {"hang", Deed::kHang},     {"wake", Deed::kWake},   {"load", Deed::kLoad},
    {"unload", Deed::kUnload}, {"write", Deed::kWrite}, {"remove", Deed::kRemove}};

using Policies = std::map<std::string, std::shared_ptr<const Policy>>;

class IncidentReader {
 public:
  explicit IncidentReader(const std::string& file)
      : file_(file), parsed_(ParseToml(file)), root_(file, parsed_) {}

  Incident Read() {
    incident_.file = file_;
    incident_.id = root_.Text("id");
    const std::string stem = std::filesystem::path(file_).stem();
    if (incident_.id != stem) root_.Fail("id", "'id' must be the file's name, " + stem);
    incident_.title = root_.Text("title");
    incident_.dated = root_.Date("dated");
    incident_.source = root_.Text("source");
    if (root_.Has("see")) incident_.see = root_.Texts("see");
    incident_.mechanism = root_.Text("mechanism");
    duration_ = root_.Duration("for");
    if (duration_ <= SupervisorTime(0)) root_.Fail("for", "'for' must be longer than nothing");
    for (TomlTable actor : root_.Tables("actor")) ReadActor(actor);
    for (TomlTable guard : root_.Tables("guard")) ReadGuard(guard);
    for (TomlTable variant : root_.Tables("variant")) ReadVariant(variant);
    root_.Done();
    return std::move(incident_);
  }

 private:
  bool IsActor(const std::string& name) const { return incident_.commands.contains(name); }

  void ReadActor(TomlTable& table) {
    const std::string name = table.Text("name");
    if (name.find(' ') != std::string::npos) table.Fail("name", "a name has no blanks");
    if (IsActor(name)) table.Fail("name", "two actors are called " + name);
    incident_.actors.push_back(name);
    if (table.Has("policy")) policies_[name] = ReadPolicy(table, "policy", table.Text("policy"));
    incident_.commands[name] = table.Has("command") ? table.Texts("command") : TheirOwn(name);
    if (incident_.commands[name].empty()) table.Fail(name + " has no command");
    table.Done();
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
    for (const std::string& actor : incident_.actors) {
      const auto policy = policies.find(actor);
      variant.plan.actors.push_back({actor, policy == policies.end() ? nullptr : policy->second});
    }
    for (TomlTable event : table.Tables("events")) {
      variant.plan.events.push_back(ReadEvent(event, variant.plan));
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

  Event ReadEvent(TomlTable& table, const SimulationPlan& plan) {
    Event event = {.at = table.Duration("at")};
    if (event.at >= duration_) table.Fail("at", "an event after the end");
    const std::string sentence = table.Text("do");
    const auto blank = std::min(sentence.find(' '), sentence.size());
    const std::string object = sentence.substr(std::min(blank + 1, sentence.size()));
    event.deed = DeedOf(table, sentence.substr(0, blank));
    if (event.deed == Deed::kWrite || event.deed == Deed::kRemove) {
      event.file = object;
      if (object.empty()) table.Fail("do", "which file?");
      if (event.deed == Deed::kWrite) event.text = table.Text("text");
    } else {
      event.actor = IndexOf(table, object);
      RequirePolicy(table, event, plan.actors[event.actor]);
    }
    table.Done();
    return event;
  }

  static Deed DeedOf(const TomlTable& table, const std::string& verb) {
    for (const auto& [name, deed] : kDeeds) {
      if (name == verb) return deed;
    }
    std::string known;
    for (const auto& [name, deed] : kDeeds) {
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    table.Fail("do", fmt::format("'{}' is none of {}", verb, known));
  }

  std::size_t IndexOf(const TomlTable& table, const std::string& actor) const {
    const auto found = std::find(incident_.actors.begin(), incident_.actors.end(), actor);
    if (found == incident_.actors.end()) {
      table.Fail("do", fmt::format("no actor is called '{}'", actor));
    }
    return static_cast<std::size_t>(found - incident_.actors.begin());
  }

  static void RequirePolicy(const TomlTable& table, const Event& event, const Actor& actor) {
    const bool supervised = event.deed == Deed::kLoad || event.deed == Deed::kUnload;
    if (supervised && !actor.policy) table.Fail("do", actor.name + " has no policy");
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
    outcome.breaks = table.Text("breaks", "");
    outcome.owners = table.Number("owners", 1);
    if (table.Has("starts")) outcome.starts = ReadStarts(table);
    if (table.Has("statuses")) outcome.statuses = ReadStatuses(table);
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
    for (const std::string& actor : ActorKeys(starts)) {
      bounds[actor] = starts.IsList(actor) ? ReadRange(starts, actor) : ReadExact(starts, actor);
    }
    return bounds;
  }

  static CountRange ReadExact(TomlTable& table, const std::string& actor) {
    const int exact = table.Number(actor, 0);
    return {exact, exact};
  }

  static CountRange ReadRange(TomlTable& table, const std::string& actor) {
    const std::vector<int> range = table.Numbers(actor);
    if (range.size() != 2 || range[0] > range[1]) table.Fail(actor, "not [least, most]");
    return {range[0], range[1]};
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

Incident ReadIncident(const std::string& file) { return IncidentReader(file).Read(); }

}  // namespace pidfall
