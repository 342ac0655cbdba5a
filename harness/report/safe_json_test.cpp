#include "harness/report/safe_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/input/secrets.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SafeJsonTest, WhatSteersATerminalIsEscapedAndReadsBackAsItWas) {
  const std::string hostile = "\x1B[2J \x7F \u009B2J \u202E \u2028 emoji \U0001F6D1 \"q\" \\";
  const std::string text = SafeJson({{"a", hostile}});
  EXPECT_EQ(nlohmann::ordered_json::parse(text)["a"], hostile);
  EXPECT_THAT(text, HasSubstr("\\u009b2J \\u202e \\u2028 emoji \U0001F6D1"));
  for (const char* raw : {"\x1B", "\x7F", "\u009B", "\u202E", "\u2028"}) {
    EXPECT_THAT(text, Not(HasSubstr(raw)));
  }
}

TEST(SafeJsonTest, ASecretIsHiddenWhereverItStands) {
  RememberSecret("SAFE_JSON_TOKEN", "s\"e<c>ret");
  const nlohmann::ordered_json json = {{"list", {"a s\"e<c>ret", 1}}, {"text", "s\"e<c>ret"}};
  EXPECT_EQ(nlohmann::ordered_json::parse(SafeJson(json)),
            nlohmann::ordered_json(
                {{"list", {"a [SAFE_JSON_TOKEN]", 1}}, {"text", "[SAFE_JSON_TOKEN]"}}));
}

}  // namespace
}  // namespace pidfall
