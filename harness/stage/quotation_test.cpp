#include "harness/stage/quotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

TEST(QuotationTest, AnOrdinaryLineIsItself) {
  EXPECT_EQ(Quotation("already running (PID 3)"), "already running (PID 3)");
}

TEST(QuotationTest, ALongLineIsCutBetweenTwoCharacters) {
  EXPECT_EQ(Quotation(std::string(501, 'y')), std::string(500, 'y') + "... (1 more bytes)");
  EXPECT_EQ(Quotation(std::string(499, 'y') + "\u00e4"),
            std::string(499, 'y') + "... (2 more bytes)");
}

TEST(QuotationTest, NoHalfOfASecretStaysBeforeTheCut) {
  RememberSecret("QUOTATION_TOKEN", "half-of-a-secret");
  EXPECT_THAT(Quotation(std::string(490, 'y') + "half-of-a-secret"),
              testing::Not(testing::HasSubstr("half")));
}

}  // namespace
}  // namespace pidfall
