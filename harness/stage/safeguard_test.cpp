#include "harness/stage/safeguard.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

const Safeguard kSafeguard({"/run/x", "/var/lock"}, {"/run/x/x.pid", "/var/lock/x"},
                           {"/run/x/other", "/var/lock/stranger"});

TEST(Safeguard, NamesItsFilesAndTheFilesThatAppearBesideThem) {
  EXPECT_EQ(kSafeguard.NameOf("/run/x/x.pid"), "x.pid");
  EXPECT_EQ(kSafeguard.NameOf("/run/x/x.pid.new"), "x.pid.new");
  EXPECT_EQ(kSafeguard.NameOf("/var/lock/x"), "/var/lock/x");
  EXPECT_EQ(kSafeguard.NameOf("/run/x"), ".");
}

TEST(Safeguard, LeavesOutFilesThatStoodThereBeforeOrAreElsewhere) {
  EXPECT_EQ(kSafeguard.NameOf("/run/x/other"), "");
  EXPECT_EQ(kSafeguard.NameOf("/run/x/folder/x.pid"), "");
  EXPECT_EQ(kSafeguard.NameOf("/etc/passwd"), "");
  EXPECT_EQ(kSafeguard.NameOf("/"), "");
}

}  // namespace
}  // namespace pidfall
