#include "harness/incident/incident.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "harness/incident/find_incident.h"
#include "harness/incident/incident_file.h"
#include "harness/incident/incident_template.h"
#include "harness/input/bad_input.h"
#include "harness/process/fd.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  EXPECT_THAT(text, testing::HasSubstr(from));
  return text.replace(text.find(from), from.size(), to);
}

class IncidentFile : public ::testing::Test {
 protected:
  IncidentFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "pidfall-incident-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~IncidentFile() override { std::filesystem::remove_all(folder_); }

  std::string Text() const { return IncidentTemplate("sample"); }
  std::string Write(const std::string& text, const std::string& name = "sample.toml") const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  // The error that a user reads, after the folder's name.
  std::string ErrorOf(const std::string& text) const {
    try {
      ReadIncident(Write(text));
    } catch (const BadInput& error) {
      return std::string(error.what()).substr(folder_.size() + 1);
    }
    return "none";
  }
  std::string NotFound(const std::string& name) const {
    try {
      return "found " + FindIncident(folder_, name).id;
    } catch (const BadInput& error) {
      return error.what();
    }
  }
  std::string ErrorAfter(const std::string& from, const std::string& to) const {
    return ErrorOf(Replaced(Text(), from, to));
  }

  std::string folder_;
};

TEST_F(IncidentFile, TemplateIsReadBack) {
  const Incident incident = ReadIncident(Write(Text()));
  EXPECT_EQ(incident.id, "sample");
  EXPECT_EQ(incident.dated, "");
  ASSERT_EQ(incident.actors.size(), 2U);
  EXPECT_EQ(incident.actors[1].name, "agent");
  ASSERT_EQ(incident.variants.size(), 1U);
  const SimulationPlan& plan = incident.variants[0].plan;
  EXPECT_EQ(plan.duration, 10min);
  EXPECT_EQ(plan.actors[0].policy, nullptr);
  EXPECT_EQ(plan.actors[1].policy->Describe(), "launchd KeepAlive=true, throttle 10 s");
  ASSERT_EQ(plan.events.size(), 3U);
  EXPECT_EQ(plan.events[2].at, 8min);
  EXPECT_EQ(plan.events[2].action, Action::kStop);
  const ExpectedOutcome& broken = incident.variants[0].expected.at("broken");
  EXPECT_EQ(broken.starts.at("agent").most, 50);
  EXPECT_EQ(broken.served_within, 12s);
  EXPECT_EQ(broken.serves, std::vector<std::string>{"agent"});
  EXPECT_EQ(broken.breaks, "C11");
}

TEST_F(IncidentFile, NewFileIsReadAsItIsAndNeverWrittenOver) {
  const std::string file = folder_ + "/mine.toml";
  WriteIncidentTemplate(file);
  EXPECT_EQ(ReadIncident(file).id, "mine");
  EXPECT_THROW(WriteIncidentTemplate(file), BadInput);
  EXPECT_THROW(WriteIncidentTemplate(folder_ + "/mine"), BadInput);
}

TEST_F(IncidentFile, ActorsAreFilledIn) {
  const Incident incident = ReadIncident(Write(Text()));
  const auto actors = ActorsOf(incident, incident.guards[0], "/opt/servers");
  EXPECT_EQ(actors.at(1).start.command,
            (std::vector<std::string>{"/opt/servers/stand-in", "--port", "{port}", "--record",
                                      "{pid_file}", "--locked", "--duplicate-exit", "0"}));
}

TEST_F(IncidentFile, AnActorTellsWhereItRuns) {
  const std::string text =
      Replaced(Text(), "policy = \"launchd:keepalive\"",
               "container = true\nhost = \"web-1\"\nsignals_nobody = true\nother_port = true\n"
               "environment = { A = \"b\" }\npolicy = \"launchd:keepalive\"");
  const Incident incident = ReadIncident(Write(text));
  const StageActor agent = ActorsOf(incident, incident.guards[0], "").at(1);
  EXPECT_TRUE(agent.start.contained);
  EXPECT_TRUE(agent.start.signals_nobody);
  EXPECT_TRUE(agent.has_other_port);
  EXPECT_EQ(agent.start.host_name, "web-1");
  EXPECT_EQ(agent.start.environment, std::vector<std::string>{"A=b"});
}

TEST_F(IncidentFile, ABystanderHasNoCommand) {
  const std::string stranger = "[[actor]]\nname = \"stranger\"\nbystander = true\n";
  const Incident incident =
      ReadIncident(Write(Replaced(Text(), "[[guard]]", stranger + "[[guard]]")));
  EXPECT_TRUE(incident.actors.at(2).is_bystander);
  EXPECT_EQ(ErrorAfter("[[guard]]", stranger + "policy = \"docker\"\n[[guard]]"),
            "sample.toml:27: a bystander has neither a command nor a policy");
}

TEST_F(IncidentFile, UnknownKeysAreErrorsWithTheirLine) {
  EXPECT_EQ(ErrorAfter("title =", "titel ="), "sample.toml:1: 'title' is missing");
  EXPECT_EQ(ErrorAfter("mechanism =", "look = \"x\"\nmechanism ="),
            "sample.toml:9: unknown key 'look'");
  EXPECT_EQ(ErrorAfter("serves =", "serve ="), "sample.toml:54: unknown key 'serve'");
}

TEST_F(IncidentFile, WrongValuesAreErrorsWithTheirLine) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"\"10min\"", "\"ten\"",
       "sample.toml:10: 'ten' is not a duration such as 500ms, 10s, 8min or 1h 30min"},
      {"# dated = 2025-12-22", "dated = \"monday\"",
       "sample.toml:7: 'dated' must be a date such as 2025-12-22"},
      {"\"sample\"", "\"other\"", "sample.toml:4: 'id' must be the file's name, sample"},
      {"\"8min\"", "\"11min\"", "sample.toml:43: an event after the end"},
      {"[42, 50]", "[50, 42]", "sample.toml:51: not [least, most]"},
      {"launchd:keepalive", "docker:maybe", "sample.toml:21: docker: 'maybe' is none of"},
      {"launchd:keepalive", "gone.plist", "sample.toml:21: "},
      {"name = \"agent\"", "name = \"by-hand\"", "sample.toml:20: two actors are called by-hand"},
      {"[variant.expect.fixed]", "[variant.expect.other]", "sample.toml:48: 'fixed' is missing"},
      {"[\"agent\"]", "[\"me\"]", "sample.toml:54: no actor is called 'me'"},
      {"title = \"", "title = ", "sample.toml:5: "},
      {"breaks = \"C11\"", "breaks = \"C99\"",
       "sample.toml:50: 'C99' is no clause of the contract: they are C1 to C17"},
      {"M30:", "M30, M99:", "sample.toml:9: there is no mechanism M99: they are M1 to M52"},
      {"M30:", "M0:", "sample.toml:9: there is no mechanism M0: they are M1 to M52"},
  };
  for (const auto& [from, to, error] : cases) {
    EXPECT_EQ(ErrorAfter(from, to).substr(0, std::string(error).size()), error);
  }
}

// The last number that the pattern finds in the page.
int LastNumber(const std::string& page, const char* pattern) {
  const std::string text = ReadFile(page);
  const std::regex number(pattern);
  int last = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), number), end; found != end; ++found) {
    last = std::stoi(found->str(1));
  }
  return last;
}

TEST_F(IncidentFile, LastClauseIsTheLastOneOfTheContract) {
  const int last = LastNumber(PIDFALL_CONTRACT, "\n\\| C([0-9]+) ");
  const auto with = [&](int clause) {
    return ErrorAfter("breaks = \"C11\"", "breaks = \"C" + std::to_string(clause) + "\"");
  };
  EXPECT_EQ(with(last), "none");
  EXPECT_THAT(with(last + 1), testing::EndsWith("they are C1 to C" + std::to_string(last)));
}

TEST_F(IncidentFile, LastMechanismIsTheLastOneOfTheDocs) {
  const int last = LastNumber(PIDFALL_INCIDENT_FILE_PAGE, "numbered M1 to M([0-9]+)");
  const auto with = [&](int mechanism) {
    return ErrorAfter("M30:", "M" + std::to_string(mechanism) + ":");
  };
  EXPECT_EQ(with(last), "none");
  EXPECT_THAT(with(last + 1), testing::EndsWith("they are M1 to M" + std::to_string(last)));
}

TEST_F(IncidentFile, WhatAFileIsExpectedToBeIsChecked) {
  const std::tuple<const char*, const char*> cases[] = {
      {"gone", "none"},
      {"empty", "none"},
      {"names agent", "none"},
      {"misnames agent", "none"},
      {"says 12", "none"},
      {"names",
       "sample.toml:54: 'names' is none of gone, empty, names ACTOR, misnames ACTOR, "
       "says TEXT"},
      {"names me", "sample.toml:54: no actor is called 'me'"},
      {"gone for good",
       "sample.toml:54: 'gone for good' is none of gone, empty, names ACTOR, "
       "misnames ACTOR, says TEXT"},
  };
  for (const auto& [said, error] : cases) {
    const std::string files = "files = { \"{pid_file}\" = \"" + std::string(said) + "\" }\n";
    EXPECT_EQ(ErrorAfter("serves =", files + "serves ="), error) << said;
  }
}

TEST_F(IncidentFile, IdAddressAndFileAllFindIt) {
  const std::string file = Write(Text());
  for (const std::string& name : {std::string("sample"), std::string("owner/repo#1"),
                                  std::string("https://github.com/owner/repo/issues/1"), file}) {
    EXPECT_EQ(FindIncident(folder_, name).id, "sample") << name;
  }
  EXPECT_THROW(FindIncident(folder_ + "/gone", "sample"), BadInput);
}

TEST_F(IncidentFile, AnAddressOfTheSameElsewhereFindsItAfterTheirOwn) {
  const auto seeing = [&](const std::string& id, const std::string& address) {
    Write(Replaced(Replaced(IncidentTemplate(id), "owner/repo#1", id + "/repo#1"),
                   "# see = [\"owner/other#2\"]", "see = [\"" + address + "\"]"),
          id + ".toml");
  };
  seeing("first", "second/repo#1");
  seeing("second", "third/repo#1");
  EXPECT_EQ(FindIncident(folder_, "second/repo#1").id, "second");
  EXPECT_EQ(FindIncident(folder_, "https://github.com/third/repo/pull/1").id, "second");
}

TEST_F(IncidentFile, APartOfANameIsToldWhatHasIt) {
  Write(Text());
  Write(IncidentTemplate("another"), "another.toml");
  EXPECT_EQ(NotFound("OWNER"),
            "no incident is called 'OWNER': it is a part of the names of 'another', 'sample'; "
            "`pidfall incident list` names them all");
}

TEST_F(IncidentFile, ANameThatNothingIsNearIsToldNone) {
  Write(Text());
  EXPECT_EQ(NotFound("nope"),
            "no incident is called 'nope'; `pidfall incident list` names them all");
}

TEST_F(IncidentFile, ABadNameIsToldTheNearest) {
  Write(Text());
  Write(IncidentTemplate("another"), "another.toml");
  EXPECT_EQ(NotFound("simple"),
            "no incident is called 'simple': the nearest is 'sample'; `pidfall incident list` "
            "names them all");
}

}  // namespace
}  // namespace pidfall
