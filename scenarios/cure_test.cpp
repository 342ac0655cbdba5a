#include "scenarios/cure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kPage[] = R"(# Page

## path

**Breaks**: much. **Instead**: the [port check
template](#port-check-template) with `O_NOFOLLOW`.

## disk

**Breaks**: all.
)";

TEST(CureTest, IsTheSectionsLastPartAsPlainText) {
  EXPECT_EQ(CureIn(kPage, "path"), "the port check template with O_NOFOLLOW.");
}

TEST(CureTest, IsEmptyWhereTheSectionSaysNone) {
  EXPECT_EQ(CureIn(kPage, "disk"), "");
  EXPECT_EQ(CureIn(kPage, "pat"), "");
}

TEST(CureTest, EveryFamilyHasACure) {
  for (const Scenario& scenario : Catalogue()) EXPECT_NE(CureOf(scenario.family()), "");
}

}  // namespace
}  // namespace pidfall
