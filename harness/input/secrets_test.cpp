#include "harness/input/secrets.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(SecretsTest, AValueThatIsSecretByItsNameBecomesThatName) {
  for (const char* variable :
       {"db_password=hunter2x", "HOME=/home/somebody", "AWS_SECRET_ACCESS_KEY=wJalrXUtn", "none"}) {
    RememberSecret(variable);
  }
  EXPECT_EQ(WithoutSecrets("hunter2x, hunter2x and wJalrXUtn in /home/somebody"),
            "[db_password], [db_password] and [AWS_SECRET_ACCESS_KEY] in /home/somebody");
}

TEST(SecretsTest, ThePasswordInAnAddressIsHiddenAndTheRestIsNot) {
  RememberSecret("DATABASE_URL", "postgres://web:opensesame@db:5432/x");
  RememberSecret("PAGE", "http://host:80/a@b");
  EXPECT_EQ(WithoutSecrets("no postgres://web:opensesame@db:5432/x, http://host:80/a@b"),
            "no postgres://web:[DATABASE_URL]@db:5432/x, http://host:80/a@b");
}

TEST(SecretsTest, EachLineOfASecretIsHiddenForAReportHasLines) {
  RememberSecret("TLS_KEY", "first line\nsecond line\n");
  EXPECT_EQ(WithoutSecrets("saw second line"), "saw [TLS_KEY]");
}

TEST(SecretsTest, ASecretIsHiddenInACommandThatQuotesIt) {
  RememberSecret("QUOTED_TOKEN", "it's secret");
  EXPECT_EQ(WithoutSecrets("serve 'it'\\''s secret' or it's secret"),
            "serve '[QUOTED_TOKEN]' or [QUOTED_TOKEN]");
}

TEST(SecretsTest, ASecretInsideALongerOneDoesNotUncoverIt) {
  RememberSecret("A_TOKEN", "abcdef");
  RememberSecret("B_TOKEN", "abcdefghi");
  EXPECT_EQ(WithoutSecrets("abcdefghi abcdef"), "[B_TOKEN] [A_TOKEN]");
}

TEST(SecretsTest, AShortOrEmptyValueHidesNothing) {
  RememberSecret("C_TOKEN", "1");
  RememberSecret("D_TOKEN", "");
  EXPECT_EQ(WithoutSecrets("1 breach"), "1 breach");
}

}  // namespace
}  // namespace pidfall
