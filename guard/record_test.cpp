#include "guard/record.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

const Record kFull = {.pid = 4711,
                      .boot = "d4a81108-c022-4bda-8d30-288b390f74ee",
                      .token = "pidfs:7402",
                      .pid_namespace = 4026531836,
                      .pid_file = "12@34.56",
                      .supervisor = "launchd",
                      .unit = "com.example.server"};

TEST(FormatRecord, HasThePidAloneOnTheFirstLine) {
  EXPECT_EQ(FormatRecord(kFull).substr(0, 5), "4711\n");
}

TEST(FormatRecord, AlwaysHasTheSameSize) {
  EXPECT_EQ(FormatRecord(kFull).size(), kRecordSize);
  EXPECT_EQ(FormatRecord({.pid = 1}).size(), kRecordSize);
  Record boastful = kFull;
  boastful.unit = std::string(5000, 'x');
  EXPECT_EQ(FormatRecord(boastful).size(), kRecordSize);
}

TEST(ParseRecord, GivesBackWhatWasFormatted) {
  const auto parsed = ParseRecord(FormatRecord(kFull));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->pid, 4711);
  EXPECT_EQ(parsed->state, RunState::kAlive);
  EXPECT_EQ(parsed->boot, kFull.boot);
  EXPECT_EQ(parsed->token, kFull.token);
  EXPECT_EQ(parsed->pid_namespace, kFull.pid_namespace);
  EXPECT_EQ(parsed->pid_file, kFull.pid_file);
  EXPECT_EQ(parsed->supervisor, kFull.supervisor);
  EXPECT_EQ(parsed->unit, kFull.unit);
}

TEST(ParseRecord, GivesBackEachState) {
  for (const RunState state :
       {RunState::kAlive, RunState::kStarting, RunState::kReady, RunState::kEnded}) {
    const auto parsed = ParseRecord(FormatRecord({.pid = 12, .state = state}));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->state, state);
  }
  EXPECT_EQ(ParseRecord("12\nstate=sleepy\nend\n")->state, RunState::kAlive)
      << "what a newer version calls otherwise is an owner";
}

TEST(ParseRecord, LeavesOutValuesThatWouldForgeLines) {
  Record forged = kFull;
  forged.unit = "x\ntoken=pidfs:1";
  const auto parsed = ParseRecord(FormatRecord(forged));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->token, kFull.token);
  EXPECT_EQ(parsed->unit, "");
}

TEST(ParseRecord, SkipsKeysOfNewerVersions) {
  EXPECT_TRUE(ParseRecord("12\nversion=9\nmood=fine\nend\n"));
}

TEST(ParseRecord, RefusesEveryCutPrefix) {
  const std::string whole = FormatRecord(kFull);
  const size_t end = whole.find("end\n") + 4;
  for (size_t size = 0; size < end; ++size) {
    EXPECT_FALSE(ParseRecord(whole.substr(0, size))) << size;
  }
  EXPECT_TRUE(ParseRecord(whole.substr(0, end)));
}

TEST(ParsePid, TakesADecimalPidWithBlanksAroundIt) {
  for (const char* text : {"4711", "4711\n", " 4711 \n", "\n\n4711\n", "4711\r\n", "4711\nmore"}) {
    EXPECT_EQ(ParsePid(text), 4711) << text;
  }
  EXPECT_EQ(ParsePid("4194304"), 4194304);
}

TEST(ParsePid, TakesNothingElse) {
  for (const char* text : {"", " ", "\n", "0", "-1", "+7", "007", "12abc", "12 34", "0x10",
                           "4194305", "99999999999999999999", "pid 12", "1.5", "\x01"}) {
    EXPECT_FALSE(ParsePid(text)) << text;
  }
  EXPECT_FALSE(ParsePid(std::string_view("1\0002\n", 4)));
  EXPECT_FALSE(ParsePid(std::string(1 << 20, '7')));
}

// Inputs that a fuzzer found, and files that real programs left. The names say which are records.
TEST(ParseRecord, JudgesTheCorpusByItsNames) {
  int seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(PIDFALL_RECORD_CORPUS)) {
    const std::string name = file.path().filename().string();
    EXPECT_EQ(ParseRecord(Read(file.path())).has_value(), name.starts_with("record-")) << name;
    ++seen;
  }
  EXPECT_GE(seen, 10);
}

}  // namespace
}  // namespace pidfall::guard
