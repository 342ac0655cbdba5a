#include "harness/incident/incident_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/input/bad_input.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Event Read(const std::string& text) {
  const toml::table parsed = toml::parse(text);
  TomlTable table("x.toml", parsed);
  return ReadEvent(table, {{"hand", nullptr}, {"agent", LookUpPolicy("launchd:keepalive")}});
}

std::string ErrorOf(const std::string& text) {
  try {
    Read(text);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

TEST(ReadEvent, EveryActionIsRead) {
  const std::tuple<const char*, Action> cases[] = {
      {"start hand", Action::kStart},
      {"stop hand", Action::kStop},
      {"kill hand", Action::kKill},
      {"hang hand", Action::kHang},
      {"wake hand", Action::kWake},
      {"release hand", Action::kRelease},
      {"visit hand", Action::kVisit},
      {"load agent", Action::kLoad},
      {"unload agent", Action::kUnload},
      {"orphan agent", Action::kOrphan},
      {"reboot", Action::kReboot},
      {"fill-disk", Action::kChange},
      {"free-disk", Action::kChange},
      {"remove {run}", Action::kChange},
      {"restart-container", Action::kRestartContainer}};
  for (const auto& [sentence, action] : cases) {
    const Event event = Read("at = '2s'\ndo = '" + std::string(sentence) + "'");
    EXPECT_EQ(event.action, action) << sentence;
    EXPECT_EQ(event.at, 2s);
  }
}

TEST(ReadEvent, APidIsANumberOrAnActorsLast) {
  EXPECT_EQ(Read("at='0s'\ndo='start hand'\npid='agent'").pid.of, 1U);
  EXPECT_EQ(Read("at='0s'\ndo='load agent'\npid='3853550'").pid.number, 3853550);
  EXPECT_EQ(ErrorOf("at='0s'\ndo='start hand'\npid='me'"), "x.toml:3: no actor is called 'me'");
}

TEST(ReadEvent, ItsOwnKeysAreRead) {
  EXPECT_EQ(Read("at='0s'\ndo='start hand'\nheld_at=3").held_at, 3);
  EXPECT_EQ(Read("at='0s'\ndo='signal hand'\nsignal='SIGUSR2'").signal, SIGUSR2);
  EXPECT_TRUE(Read("at='0s'\ndo='kill hand'\nunreaped=true").unreaped);
  EXPECT_EQ(Read("at='0s'\ndo='step-clock'\nby='1h'").change.text, "3600");
  const Change copy = Read("at='0s'\ndo='copy {dir}/a'\nto='{dir}/b'").change;
  EXPECT_EQ(copy.kind, Change::Kind::kCopy);
  EXPECT_EQ(copy.file, "{dir}/a");
  EXPECT_EQ(copy.text, "{dir}/b");
  EXPECT_EQ(Read("at='0s'\ndo='link {pid_file}'\nto='/x'").change.kind, Change::Kind::kLink);
  EXPECT_EQ(Read("at='0s'\ndo='upgrade {dir}/a'\nfrom='/x'").change.kind, Change::Kind::kReplace);
}

TEST(ReadEvent, ATextNamesActorsByTheirPlace) {
  EXPECT_EQ(Read("at='0s'\ndo='write f'\ntext='{pid agent} {thread hand}'").change.text,
            "{pid 1} {thread 0}");
  EXPECT_EQ(ErrorOf("at='0s'\ndo='write f'\ntext='{pid me}'"), "x.toml:3: no actor is called 'me'");
}

TEST(ReadEvent, WhatIsWrongIsToldWithItsLine) {
  const std::tuple<const char*, const char*> cases[] = {
      {"at='0s'\ndo='start me'", "x.toml:2: no actor is called 'me'"},
      {"at='0s'\ndo='load hand'", "x.toml:2: hand has no policy"},
      {"at='0s'\ndo='write'\ntext='x'", "x.toml:2: which file?"},
      {"at='0s'\ndo='reboot agent'", "x.toml:2: 'reboot' stands alone"},
      {"at='0s'\ndo='signal hand'\nsignal='USR9'", "x.toml:3: 'USR9' is no signal such as SIGUSR2"},
      {"at='0s'\ndo='stop hand'\npid='agent'", "x.toml:3: unknown key 'pid'"},
      {"do='reboot'", "x.toml:1: 'at' is missing"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(ErrorOf(text), error);
}

TEST(ReadEvent, AnUnknownActionIsToldTheKnownAndTheNearest) {
  EXPECT_THAT(ErrorOf("at='0s'\ndo='reboost'"),
              testing::AllOf(HasSubstr("x.toml:2: 'reboost' is none of start, stop, "),
                             HasSubstr("did you mean 'reboot'?")));
}

}  // namespace
}  // namespace pidfall
