#include "harness/cli/options.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <string>
#include <thread>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

class OptionsTest : public testing::Test {
 protected:
  OptionsTest() { unsetenv("PIDFALL_NO_SKIP"); }

  // "", or the line that the user sees.
  std::string Parse(const std::vector<std::string>& words) {
    CLI::App app;
    DeclareCommon(&app, &options_);
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
      app.parse(reversed);
    } catch (const CLI::ParseError& error) {
      return error.what();
    } catch (const BadInput& error) {
      return error.what();
    }
    return "";
  }
  CommonOptions options_;
};

TEST_F(OptionsTest, EveryCommonOptionIsUnderstood) {
  EXPECT_EQ(Parse({"--scenario", "stale/*", "--scenario", "port/*",   "--except", "*/zero",
                   "--list",     "-j",      "3",          "--repeat", "5",        "--shard",
                   "2/4",        "--json",  "-",          "--junit",  "x.xml",    "--keep",
                   "--no-skip",  "--color", "never",      "-v"}),
            "");
  EXPECT_EQ(options_.scenarios, (std::vector<std::string>{"stale/*", "port/*"}));
  EXPECT_EQ(options_.excepts, (std::vector<std::string>{"*/zero"}));
  EXPECT_TRUE(options_.list && options_.keep && options_.no_skip && options_.verbose);
  EXPECT_EQ(options_.jobs, 3);
  EXPECT_EQ(options_.repeat, 5);
  EXPECT_EQ(options_.shard.index, 2);
  EXPECT_EQ(options_.shard.count, 4);
  EXPECT_EQ(options_.json, "-");
  EXPECT_EQ(options_.junit, "x.xml");
  EXPECT_EQ(options_.color, ColorMode::kNever);
}

TEST_F(OptionsTest, NothingGivenMeansTwoJobsPerProcessor) {
  EXPECT_EQ(Parse({}), "");
  EXPECT_EQ(options_.jobs, 2 * static_cast<int>(std::thread::hardware_concurrency()));
  EXPECT_FALSE(options_.no_skip);
}

TEST_F(OptionsTest, TheEnvironmentForbidsSkips) {
  setenv("PIDFALL_NO_SKIP", "1", 1);
  EXPECT_EQ(Parse({}), "");
  EXPECT_TRUE(options_.no_skip);
  setenv("PIDFALL_NO_SKIP", "0", 1);
  EXPECT_EQ(Parse({}), "");
  EXPECT_FALSE(options_.no_skip);
}

TEST_F(OptionsTest, NumbersAreReadStrictly) {
  EXPECT_EQ(Parse({"-j", "7abc"}), "--jobs: '7abc' is not a whole number from 1 to 1024");
  for (const std::string bad : {"0", "-1", "0x10", "1.5", "", " 1", "99999999999999999999"}) {
    EXPECT_NE(Parse({"--jobs=" + bad}), "") << bad;
  }
  EXPECT_EQ(Parse({"-j", "010"}), "");
  EXPECT_EQ(options_.jobs, 10);  // decimal, never octal
}

TEST_F(OptionsTest, ShardsCountFromOne) {
  for (const std::string bad : {"0/4", "5/4", "4", "1/", "/4", "1/4/2", "a/b", "1/0"}) {
    EXPECT_NE(Parse({"--shard", bad}), "") << bad;
  }
  EXPECT_EQ(Parse({"--shard", "4/4"}), "");
}

TEST_F(OptionsTest, ShardsTakeEveryPositionOnce) {
  for (std::size_t position = 0; position < 10; ++position) {
    int takers = 0;
    for (int index = 1; index <= 3; ++index) takers += Shard{index, 3}.Has(position) ? 1 : 0;
    EXPECT_EQ(takers, 1) << position;
  }
  EXPECT_TRUE((Shard{1, 3}.Has(0)));
}

TEST_F(OptionsTest, ColorAndEmptyPathsAreChecked) {
  EXPECT_EQ(Parse({"--color", "sometimes"}), "--color: 'sometimes' is not auto, always or never");
  EXPECT_EQ(Parse({"--json", ""}), "--json: the path is empty");
}

TEST_F(OptionsTest, AGlobTakesOneWord) { EXPECT_NE(Parse({"--scenario", "a", "b"}), ""); }

TEST_F(OptionsTest, PortsAreChecked) {
  CLI::App app;
  int port = 0;
  DeclarePort(&app, [&](int value) { port = value; });
  app.parse("--port 8767");
  EXPECT_EQ(port, 8767);
  CLI::App other;
  DeclarePort(&other, [&](int value) { port = value; });
  EXPECT_THROW(other.parse("--port 65536"), BadInput);
}

}  // namespace
}  // namespace pidfall
