#include "harness/supervisor/kubernetes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "harness/supervisor/kubernetes_manifest.h"
#include "harness/supervisor/policy_testing.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

std::unique_ptr<Policy> Pod(PodRestart restart) {
  return MakeKubernetesPolicy({.restart = restart});
}

TEST(Kubernetes, EveryEndRestartsAsThePolicySays) {
  struct {
    PodRestart restart;
    bool status0, status1, killed;
  } const rows[] = {{PodRestart::kAlways, true, true, true},
                    {PodRestart::kOnFailure, false, true, true},
                    {PodRestart::kNever, false, false, false}};
  for (const auto& row : rows) {
    SCOPED_TRACE(Pod(row.restart)->Describe());
    EXPECT_EQ(RestartsAfter(*Pod(row.restart), {.status = 0}), row.status0);
    EXPECT_EQ(RestartsAfter(*Pod(row.restart), {.status = 1}), row.status1);
    EXPECT_EQ(RestartsAfter(*Pod(row.restart), {.signal = SIGKILL}), row.killed);
  }
}

TEST(Kubernetes, CrashLoopBackOffDoublesFromTenSecondsToFiveMinutes) {
  const Prediction seen = Predict(*Pod(PodRestart::kAlways), {.run_time = 0s}, 20min);
  EXPECT_THAT(seen.starts, ElementsAre(0s, 0s, 10s, 30s, 70s, 150s, 310s, 610s, 910s));
}

TEST(Kubernetes, RunOfMoreThanTenMinutesMakesItForget) {
  std::vector<EndedRun> history = {{.ended = 1s}, {.started = 1s, .ended = 2s}};
  history.push_back({.started = 12s, .ended = 612s});
  EXPECT_EQ(Pod(PodRestart::kAlways)->Next(history).start_at, 632s) << "not more than 10 min";
  history.back().ended = 613s;
  EXPECT_EQ(Pod(PodRestart::kAlways)->Next(history).start_at, 613s);
}

constexpr char kManifest[] = R"(apiVersion: v1
kind: Service
metadata: {name: web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: main
        image: web:1
        command: [/bin/web]
        args: ["--port", "80"]
      - name: side
        command: [/bin/side]
        livenessProbe: {}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          terminationGracePeriodSeconds: 5
          containers: [{name: job, command: [work]}]
)";

TEST(KubernetesManifest, WorkloadAndContainerAreFoundByName) {
  const auto web = ParseKubernetesManifest("k.yaml", kManifest, "web");
  EXPECT_EQ(web->Describe(), "kubernetes restartPolicy=Always");
  EXPECT_THAT(web->job().command, ElementsAre("/bin/web", "--port", "80"));
  EXPECT_EQ(web->ExitTimeout(), 30s);
  const auto side = ParseKubernetesManifest("k.yaml", kManifest, "web/side");
  EXPECT_THAT(side->job().command, ElementsAre("/bin/side"));
  EXPECT_THAT(side->Notes(),
              ElementsAre("k.yaml: not modelled: container.livenessProbe (line 18)"));
  const auto nightly = ParseKubernetesManifest("k.yaml", kManifest, "nightly");
  EXPECT_EQ(nightly->Describe(), "kubernetes restartPolicy=OnFailure");
  EXPECT_EQ(nightly->ExitTimeout(), 5s);
}

TEST(KubernetesManifest, JobOfTheClusterIsMeantToEnd) {
  EXPECT_TRUE(ParseKubernetesManifest("k.yaml", kManifest, "nightly")->job().is_one_shot);
  EXPECT_FALSE(ParseKubernetesManifest("k.yaml", kManifest, "web")->job().is_one_shot);
}

TEST(KubernetesManifest, OnlyAHostPortIsTheMachines) {
  const std::string pod =
      "kind: Pod\nspec: {containers: [{name: a, image: web:1,\n"
      "  ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 81}]}]}\n";
  const auto policy = ParseKubernetesManifest("k.yaml", pod, "");
  EXPECT_THAT(policy->job().ports, ElementsAre(8080));
  EXPECT_EQ(policy->job().image, "web:1");
}

TEST(KubernetesManifest, FaultsAreNamedWithTheirLine) {
  const std::string pod = "kind: Pod\nmetadata: {name: a}\n";
  const std::pair<std::string, const char*> cases[] = {
      {"", "k.yaml: no Pod, Deployment or other workload in it"},
      {kManifest, "k.yaml: say which workload is meant: k.yaml#NAME"},
      {pod, "k.yaml:1: the manifest.spec is missing"},
      {pod + "spec: {restartPolicy: Maybe}", "k.yaml:3: restartPolicy: 'Maybe' is none of"},
      {pod + "spec: {containers: []}", "k.yaml:3: the manifest.spec.containers is no list"},
      {"kind: Deployment\nspec: {template: {spec: {restartPolicy: Never}}}",
       "k.yaml:2: a Deployment takes restartPolicy Always only"},
  };
  for (const auto& fault : cases) {
    EXPECT_THAT(BadInputOf([&, t = fault.first] { ParseKubernetesManifest("k.yaml", t, ""); }),
                StartsWith(fault.second));
  }
}

}  // namespace
}  // namespace pidfall
