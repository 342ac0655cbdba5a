#include "harness/schedules/decision_tree.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

constexpr auto kRoot = DecisionTree::kRoot;

Step Calls(const std::string& name) {
  return {.kind = Step::kCall, .name = {name, "x.pid"}, .whole = {.number = 1, .contents = {name}}};
}

TEST(DecisionTreeTest, NothingIsKnownAtFirst) {
  EXPECT_EQ(DecisionTree().StepAt(kRoot), nullptr);
  EXPECT_FALSE(DecisionTree().After(kRoot, "0"));
}

TEST(DecisionTreeTest, AStepIsKnownOnceItIsLearnt) {
  DecisionTree tree;
  EXPECT_TRUE(tree.Learn(kRoot, Calls("open")));
  EXPECT_TRUE(tree.Learn(kRoot, Calls("open")));
  EXPECT_EQ(*tree.StepAt(kRoot), Calls("open"));
}

TEST(DecisionTreeTest, AnotherStepAfterTheSameHistoryIsADrift) {
  DecisionTree tree;
  tree.Learn(kRoot, Calls("open"));
  EXPECT_FALSE(tree.Learn(kRoot, Calls("unlink")));
  EXPECT_FALSE(tree.Learn(kRoot, {.kind = Step::kRests}));
  EXPECT_EQ(*tree.StepAt(kRoot), Calls("open"));
}

TEST(DecisionTreeTest, ACallThatWritesSomethingElseIsLeftToTheProgram) {
  const auto writes = [](const std::string& data) {
    const WholeCall whole = {.number = 1, .roles = "div", .contents = {"", data}};
    return Step{.kind = Step::kCall, .name = {"write", "x.pid"}, .whole = whole};
  };
  DecisionTree tree;
  tree.Learn(kRoot, writes("4000 10:28"));
  EXPECT_TRUE(tree.Learn(kRoot, writes("4000 10:29")));
  EXPECT_EQ(tree.StepAt(kRoot)->why, "it writes something else each time: it makes write(x.pid)");
  EXPECT_TRUE(tree.Learn(kRoot, writes("4000 10:30")));
}

TEST(DecisionTreeTest, EachResultLeadsToItsOwnPlace) {
  DecisionTree tree;
  const auto made = tree.Add(kRoot, "a descriptor", 3), refused = tree.Add(kRoot, "error 17", -17);
  EXPECT_NE(made, refused);
  EXPECT_EQ(tree.Add(kRoot, "a descriptor", 5), made);
  EXPECT_EQ(tree.After(kRoot, "a descriptor")->shown, 3);
  EXPECT_EQ(tree.After(kRoot, "error 17")->place, refused);
}

TEST(DecisionTreeTest, ANameThatAnotherProcessChangedIsNoDrift) {
  DecisionTree tree;
  Step renamed = Calls("read");
  renamed.name.object = "x.pid (deleted)";
  tree.Learn(kRoot, Calls("read"));
  EXPECT_TRUE(tree.Learn(kRoot, renamed));
}

TEST(DecisionTreeTest, AnotherEndIsADrift) {
  DecisionTree tree;
  tree.Learn(kRoot, {.kind = Step::kOver, .ending = Ending{.status = 1}, .output = "at 10:28"});
  EXPECT_TRUE(tree.Learn(
      kRoot, {.kind = Step::kOver, .ending = Ending{.status = 1}, .output = "at 10:29"}));
  EXPECT_FALSE(tree.Learn(kRoot, {.kind = Step::kOver, .ending = Ending{.status = 0}}));
}

}  // namespace
}  // namespace pidfall
