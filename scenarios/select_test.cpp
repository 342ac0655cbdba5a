#include "scenarios/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

const std::vector<Scenario> kCatalogue = {
    {"duplicate/second-start", "C1 C2", "Start it twice.", "Two copies.", nullptr},
    {"stale/zero", "C5", "The file holds 0.", "Everybody is signalled.", nullptr},
    {"stale/empty", "C5", "The file is empty.", "It never starts.", nullptr},
};

std::string Ids(const std::vector<std::string>& only, const std::vector<std::string>& except) {
  std::string ids;
  try {
    for (const Scenario* scenario : Select(kCatalogue, only, except)) {
      ids += std::string(scenario->id) + ' ';
    }
  } catch (const BadInput& error) {
    return error.what();
  }
  return ids;
}

TEST(SelectTest, NoGlobIsAllInOrder) {
  EXPECT_EQ(Ids({}, {}), "duplicate/second-start stale/zero stale/empty ");
}

TEST(SelectTest, GlobsAddUpAndKeepTheOrder) {
  EXPECT_EQ(Ids({"stale/e*", "duplicate/*"}, {}), "duplicate/second-start stale/empty ");
  EXPECT_EQ(Ids({"stale*"}, {}), "stale/zero stale/empty ");
  EXPECT_EQ(Ids({"stale/[xz]ero", "stale/zero"}, {}), "stale/zero ");
}

TEST(SelectTest, ExceptTakesScenariosAway) {
  EXPECT_EQ(Ids({"stale/*"}, {"*/zero"}), "stale/empty ");
  EXPECT_EQ(Ids({"stale/*"}, {"duplicate/*"}), "stale/zero stale/empty ");
}

TEST(SelectTest, AGlobThatMatchesNothingIsBadInput) {
  EXPECT_EQ(Ids({"stale/*", "stael/*"}, {}),
            "--scenario 'stael/*' matches no scenario (--list shows them)");
  EXPECT_EQ(Ids({}, {"zero"}), "--except 'zero' matches no scenario (--list shows them)");
  EXPECT_EQ(Ids({""}, {}), "--scenario '' matches no scenario (--list shows them)");
}

TEST(SelectTest, NothingLeftIsBadInput) {
  EXPECT_EQ(Ids({"stale/zero"}, {"stale/*"}), "--except leaves no scenario to run");
}

TEST(SelectTest, ListsStoriesAndTheirHarmWhenVerbose) {
  const auto selected = Select(kCatalogue, {"stale/*"}, {});
  EXPECT_EQ(ListText(selected, false),
            "stale/zero   C5       The file holds 0.\n"
            "stale/empty  C5       The file is empty.\n");
  EXPECT_THAT(ListText(selected, true), HasSubstr("harm: It never starts.\n"));
}

}  // namespace
}  // namespace pidfall
