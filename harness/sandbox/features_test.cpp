#include "harness/sandbox/features.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <stdexcept>

#include "harness/process/clone.h"
#include "harness/sandbox/trial.h"

namespace pidfall {
namespace {

Feature Find(const std::string& name) {
  for (const Feature& feature : ProbeFeatures()) {
    if (feature.name == name) return feature;
  }
  return {.name = "no feature " + name};
}

// In a process of its own: remembered answers must not reach other tests.
bool With(const char* variable, const char* value, const std::function<bool()>& holds) {
  const Child child = Clone({}, [&] {
    setenv(variable, value, 1);
    return holds() ? 0 : 1;
  });
  return Reap(child) == Ending{};
}

TEST(FeaturesTest, ASwitchOfOursIsCuredByUnsettingIt) {
  EXPECT_TRUE(With("PIDFALL_SANDBOX", "plain",
                   [] { return Find("full sandbox").cure == "unset PIDFALL_SANDBOX"; }));
  EXPECT_TRUE(With("PIDFALL_NO_LANDLOCK", "1",
                   [] { return Find("Landlock scopes").cure == "unset PIDFALL_NO_LANDLOCK"; }));
}

TEST(FeaturesTest, ThePlainSandboxIsNamed) {
  EXPECT_TRUE(With("PIDFALL_SANDBOX", "plain", [] { return SandboxName() == "plain"; }));
}

TEST(FeaturesTest, AMissingProgramIsInstalled) {
  EXPECT_TRUE(
      With("PATH", "/nowhere", [] { return Find("lsof").cure == "sudo apt-get install -y lsof"; }));
}

TEST(FeaturesTest, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const Feature& feature : ProbeFeatures()) EXPECT_TRUE(names.insert(feature.name).second);
}

TEST(FeaturesTest, AMissingOneHasItsReasonItsCostAndItsCure) {
  for (const Feature& feature : ProbeFeatures()) {
    EXPECT_EQ(feature.available, feature.detail.empty()) << feature.name;
    EXPECT_EQ(feature.available, feature.cost.empty()) << feature.name;
    EXPECT_EQ(feature.available, feature.cure.empty()) << feature.name;
  }
}

// The setting is each user namespace's own.
TEST(FeaturesTest, RefusedNamespacesAreNoticed) {
  if (!TryInNamespaces({}, [] {}).empty()) GTEST_SKIP() << "no user namespaces here";
  const auto refuse_and_ask = [] {
    WriteFile("/proc/sys/user/max_user_namespaces", "0");
    const Feature found = Find("user namespaces");
    if (found.available || found.cure.empty()) throw std::runtime_error("taken for available");
  };
  EXPECT_EQ(TryInNamespaces({}, refuse_and_ask), "");
}

}  // namespace
}  // namespace pidfall
