// Kubernetes: a pod's restartPolicy, and CrashLoopBackOff.
//
//   auto policy = MakeKubernetesPolicy({.restart = PodRestart::kAlways});
//
// https://github.com/kubernetes/client-go/blob/v0.31.0/util/flowcontrol/backoff.go and doBackOff in
// https://github.com/kubernetes/kubernetes/blob/v1.31.0/pkg/kubelet/kuberuntime/kuberuntime_manager.go
#pragma once

#include <memory>
#include <string>

#include "harness/supervisor/service_policy.h"

namespace pidfall {

enum class PodRestart { kAlways, kOnFailure, kNever };

struct KubernetesRules {
  PodRestart restart = PodRestart::kAlways;
  SupervisorTime grace = std::chrono::seconds(30);  // terminationGracePeriodSeconds
};

std::unique_ptr<Policy> MakeKubernetesPolicy(const KubernetesRules& rules, Service service = {});

// `Always`, `OnFailure`, `Never`. Throws BadInput; `where` begins its message.
KubernetesRules ParsePodRestart(const std::string& where, const std::string& text);

}  // namespace pidfall
