#include "harness/incident/incident.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class IncidentFile : public ::testing::Test {
 protected:
  IncidentFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "pidfall-incident-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~IncidentFile() override { std::filesystem::remove_all(folder_); }

  // The template under the name that it must have.
  std::string Text() const { return Replaced(IncidentTemplate(), "\"ID\"", "\"sample\""); }
  std::string Write(const std::string& text, const std::string& name = "sample.toml") const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  // What a user reads after the folder's name.
  std::string ErrorOf(const std::string& text) const {
    try {
      ReadIncident(Write(text));
    } catch (const BadInput& error) {
      return std::string(error.what()).substr(folder_.size() + 1);
    }
    return "none";
  }
  std::string ErrorAfter(const std::string& from, const std::string& to) const {
    return ErrorOf(Replaced(Text(), from, to));
  }

  std::string folder_;
};

TEST_F(IncidentFile, TemplateIsReadBack) {
  const Incident incident = ReadIncident(Write(Text()));
  EXPECT_EQ(incident.id, "sample");
  EXPECT_EQ(incident.dated, "2025-12-22");
  EXPECT_EQ(incident.actors, (std::vector<std::string>{"by-hand", "agent"}));
  ASSERT_EQ(incident.variants.size(), 1U);
  const SimulationPlan& plan = incident.variants[0].plan;
  EXPECT_EQ(plan.duration, 10min);
  EXPECT_EQ(plan.actors[0].policy, nullptr);
  EXPECT_EQ(plan.actors[1].policy->Describe(), "launchd KeepAlive=true, throttle 10 s");
  ASSERT_EQ(plan.events.size(), 3U);
  EXPECT_EQ(plan.events[2].at, 8min);
  EXPECT_EQ(plan.events[2].deed, Deed::kStop);
  const ExpectedOutcome& none = incident.variants[0].expected.at("none");
  EXPECT_EQ(none.starts.at("agent").most, 50);
  EXPECT_EQ(none.served_within, 20s);
  EXPECT_EQ(none.breaks, "C11");
}

TEST_F(IncidentFile, CommandsAreFilledIn) {
  const Incident incident = ReadIncident(Write(Text()));
  const auto commands = CommandsOf(incident, incident.guards[0], "/opt/servers");
  EXPECT_EQ(commands.at(1),
            (std::vector<std::string>{"/opt/servers/serve-task-manager", "--guard", "none",
                                      "--port", "{port}", "--pid-file", "{pid_file}"}));
}

TEST_F(IncidentFile, UnknownKeysAreErrorsWithTheirLine) {
  EXPECT_EQ(ErrorAfter("title =", "titel ="), "sample.toml:1: 'title' is missing");
  EXPECT_EQ(ErrorAfter("see =", "look ="), "sample.toml:8: unknown key 'look'");
  EXPECT_EQ(ErrorAfter("owners =", "owner ="), "sample.toml:51: unknown key 'owner'");
}

TEST_F(IncidentFile, WrongValuesAreErrorsWithTheirLine) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"\"10min\"", "\"ten\"",
       "sample.toml:10: 'ten' is not a duration such as 500ms, 10s, 8min or 1h 30min"},
      {"2025-12-22", "\"monday\"", "sample.toml:6: 'dated' must be a date such as 2025-12-22"},
      {"\"sample\"", "\"other\"", "sample.toml:4: 'id' must be the file's name, sample"},
      {"stop by-hand", "stop me", "sample.toml:41: no actor is called 'me'"},
      {"load agent", "load by-hand", "sample.toml:40: by-hand has no policy"},
      {"\"8min\"", "\"11min\"", "sample.toml:41: an event after the end"},
      {"[44, 50]", "[50, 44]", "sample.toml:48: not [least, most]"},
      {"launchd:keepalive", "docker:maybe", "sample.toml:20: docker: 'maybe' is none of"},
      {"launchd:keepalive", "gone.plist", "sample.toml:20: "},
      {"name = \"agent\"", "name = \"by-hand\"", "sample.toml:19: two actors are called by-hand"},
      {"[variant.expect.reference]", "[variant.expect.other]",
       "sample.toml:45: 'reference' is missing"},
      {"title = \"", "title = ", "sample.toml:5: "},
  };
  for (const auto& [from, to, error] : cases) {
    EXPECT_EQ(ErrorAfter(from, to).substr(0, std::string(error).size()), error);
  }
}

TEST_F(IncidentFile, UnknownDeedListsTheKnown) {
  EXPECT_EQ(ErrorAfter("stop by-hand", "poke by-hand"),
            "sample.toml:41: 'poke' is none of start, stop, kill, hang, wake, load, unload, write, "
            "remove");
}

TEST_F(IncidentFile, IdAddressAndFileAllFindIt) {
  const std::string file = Write(Text());
  for (const std::string& name : {std::string("sample"), std::string("owner/repo#1"),
                                  std::string("https://github.com/owner/repo/issues/1"), file}) {
    EXPECT_EQ(FindIncident(folder_, name).id, "sample") << name;
  }
  EXPECT_THROW(FindIncident(folder_, "owner/repo#2"), BadInput);
  EXPECT_THROW(FindIncident(folder_ + "/gone", "sample"), BadInput);
}

// An agent that failed `failures` times beside the copy by hand, then served.
SimulationLog Loop(int failures, SupervisorTime gap) {
  ActorLog by_hand = {.name = "by-hand", .starts = {{0s, 1}}};
  by_hand.exits = {{.at = 8min, .served = true, .provoked = true}};
  by_hand.spans = {{Phase::kServes, 0s, 8min}, {Phase::kDown, 8min, 10min}};
  ActorLog agent = {.name = "agent", .supervised = true};
  for (int i = 0; i < failures; ++i) {
    agent.starts.push_back({10s * i, 2});
    agent.exits.push_back({.at = 10s * i, .status = 1});
  }
  agent.starts.push_back({8min + gap, 3});
  agent.spans = {{Phase::kThrottled, 0s, 8min + gap}, {Phase::kServes, 8min + gap, 10min}};
  return {.actors = {by_hand, agent}, .duration = 10min};
}

TEST(Differences, ExpectedOutcomeHasNone) {
  const ExpectedOutcome expected = {.starts = {{"agent", {40, 50}}, {"by-hand", {1, 1}}},
                                    .statuses = {{"agent", {1}}, {"by-hand", {}}},
                                    .served_within = 20s};
  EXPECT_TRUE(Differences(expected, Loop(48, 4s)).empty());
}

TEST(Differences, EachWayToDifferIsSaid) {
  const SimulationLog log = Loop(48, 30s);
  EXPECT_EQ(Differences({.starts = {{"agent", {1, 1}}}}, log),
            std::vector<std::string>{"agent: 49 starts, expected 1"});
  EXPECT_EQ(Differences({.statuses = {{"agent", {0}}}}, log),
            std::vector<std::string>{"agent: statuses 1, expected 0"});
  EXPECT_EQ(Differences({.statuses = {{"agent", {}}}}, log),
            std::vector<std::string>{"agent: statuses 1, expected none"});
  EXPECT_EQ(Differences({.served_within = 20s}, log),
            std::vector<std::string>{"served 30 s after, expected within 20 s"});
  EXPECT_EQ(Differences({.never_served = true}, log),
            std::vector<std::string>{"served 30 s after, expected never"});
}

}  // namespace
}  // namespace pidfall
