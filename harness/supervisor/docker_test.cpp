#include "harness/supervisor/docker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/supervisor/compose.h"
#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<Policy> Docker(const std::string& restart) {
  return MakeDockerPolicy(ParseDockerRestart("docker", restart));
}

TEST(Docker, EveryEndRestartsAsThePolicySays) {
  struct {
    const char* restart;
    bool status0, status1, killed;
  } const rows[] = {{"no", false, false, false},
                    {"on-failure", false, true, true},
                    {"always", true, true, true},
                    {"unless-stopped", true, true, true}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.restart);
    EXPECT_EQ(RestartsAfter(*Docker(row.restart), {.status = 0}), row.status0);
    EXPECT_EQ(RestartsAfter(*Docker(row.restart), {.status = 1}), row.status1);
    EXPECT_EQ(RestartsAfter(*Docker(row.restart), {.signal = SIGKILL}), row.killed);
    EXPECT_FALSE(RestartsAfter(*Docker(row.restart), {.status = 1, .stopped = true}));
  }
}

TEST(Docker, WaitDoublesFromATenthOfASecondToAMinute) {
  const Prediction seen = Predict(*Docker("always"), {.run_time = 0ms}, 10s);
  EXPECT_THAT(seen.starts, ElementsAre(0ms, 100ms, 300ms, 700ms, 1500ms, 3100ms, 6300ms));
  const Prediction later = Predict(*Docker("always"), {.run_time = 0ms}, 10min);
  EXPECT_EQ(later.starts.back() - later.starts[later.starts.size() - 2], 60s);
}

TEST(Docker, RunOfTenSecondsMakesTheWaitShortAgain) {
  const std::vector<EndedRun> history = {
      {.ended = 0s}, {.ended = 1s}, {.started = 2s, .ended = 12s}};
  EXPECT_EQ(Docker("always")->Next(history).start_at, 12100ms);
}

TEST(Docker, OnFailureGivesUpAfterItsRestarts) {
  const Prediction seen = Predict(*Docker("on-failure:3"), {.run_time = 0ms, .status = 1}, 10min);
  EXPECT_EQ(seen.starts.size(), 4U);
  EXPECT_TRUE(seen.gave_up);
}

TEST(Docker, BadPolicyIsRefused) {
  EXPECT_THAT(BadInputOf([] { ParseDockerRestart("x", "sometimes"); }), HasSubstr("'sometimes'"));
  EXPECT_THAT(BadInputOf([] { ParseDockerRestart("x", "always:3"); }),
              HasSubstr("only on-failure"));
  EXPECT_THAT(BadInputOf([] { ParseDockerRestart("x", "on-failure:-1"); }), HasSubstr("'-1'"));
}

constexpr char kCompose[] = R"(x-base: &base
  restart: always
services:
  web:
    <<: *base
    image: web:1
    entrypoint: ["/bin/web"]
    command: --port 80
    environment:
      A: b
      NONE:
    stop_grace_period: 30s
    healthcheck: {test: "true"}
  worker:
    command: [work]
    environment: ["C=d", PASSED]
    restart: on-failure:2
  swarm:
    deploy:
      restart_policy: {condition: on-failure, max_attempts: 7, delay: 5s}
  once: {restart: no}
)";

TEST(Compose, RestartOfEveryFormIsRead) {
  const auto describe = [](const char* service) {
    return ParseComposeService("c.yaml", kCompose, service)->Describe();
  };
  EXPECT_EQ(describe("web"), "docker restart always");
  EXPECT_EQ(describe("worker"), "docker restart on-failure:2");
  EXPECT_EQ(describe("swarm"), "docker restart on-failure:7");
  EXPECT_EQ(describe("once"), "docker restart no");
}

TEST(Compose, JobIsExposedAndTheRestIsNamed) {
  const auto web = ParseComposeService("c.yaml", kCompose, "web");
  EXPECT_THAT(web->job().command, ElementsAre("/bin/web", "--port", "80"));
  EXPECT_EQ(web->job().environment.at("A"), "b");
  EXPECT_EQ(web->job().environment.count("NONE"), 0U);
  EXPECT_EQ(web->ExitTimeout(), 30s);
  EXPECT_THAT(web->Notes(),
              ElementsAre("c.yaml: image web:1 is not run: the command is, here",
                          "c.yaml: not modelled: the file.services.web.healthcheck (line 13)"));
  EXPECT_EQ(ParseComposeService("c.yaml", kCompose, "worker")->job().environment.at("C"), "d");
}

TEST(Compose, PublishedPortsAreTheMachines) {
  const char* text =
      "services:\n  web:\n    image: web:1\n    ports: ['8080:80', '127.0.0.1:8443:443/tcp', '90', "
      "'${PORT:-1}:80', {published: 9090, target: 90}]\n";
  EXPECT_THAT(ParseComposeService("c.yaml", text, "")->job().ports,
              ElementsAre(8080, 8443, 1, 9090));
}

TEST(Compose, ServiceRunsInAContainerWithOrWithoutAnImage) {
  EXPECT_EQ(ParseComposeService("c.yaml", kCompose, "web")->job().image, "web:1");
  EXPECT_EQ(ParseComposeService("c.yaml", kCompose, "worker")->job().image, "its own");
}

TEST(Compose, FaultsAreNamedWithTheirLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "c.yaml: is empty"},
      {"a: [", "c.yaml:1: "},
      {"a: b\n", "c.yaml: no compose file: it has no `services`"},
      {"include: [a.yaml]\n", "c.yaml:1: `include` is not followed, and there are no `services`"},
      {"metadata: {}\nkind: Pod\n", "c.yaml:2: a manifest of kind Pod without apiVersion"},
      {"services: [a]\n", "c.yaml:1: the file.services is no map"},
      {"services:\n  web: x\n", "c.yaml:2: the file.services.web is no map"},
      {"services:\n  web:\n    restart: maybe\n", "c.yaml:3: restart: 'maybe' is none of"},
      {"services:\n  web:\n    restart: [a]\n", "c.yaml:3: the file.services.web.restart is no"},
      {"services:\n  web: {}\n  b: {}\n", "c.yaml:2: say which service is meant"},
      {"services:\n  web:\n    stop_grace_period: x\n", "c.yaml:3: the file.services.web.stop_gr"},
  };
  for (const auto& fault : cases) {
    EXPECT_THAT(BadInputOf([&] { ParseComposeService("c.yaml", fault.first, ""); }),
                testing::StartsWith(fault.second));
  }
  EXPECT_EQ(BadInputOf([] { ParseComposeService("c.yaml", "services: {a: {}}", "b"); }),
            "c.yaml:1: no service is called 'b'");
  EXPECT_THAT(BadInputOf([] { ParseComposeService("c", std::string(5000, '['), ""); }),
              HasSubstr("c:1: nested too deeply"));
}

}  // namespace
}  // namespace pidfall
