// Kubernetes: a pod's restartPolicy, and CrashLoopBackOff.
//
//   auto policy = MakeKubernetesPolicy({.restart = PodRestart::kAlways});
//   auto theirs = ReadKubernetesManifest("k8s.yaml", "web");   // throws BadInput
//
// https://github.com/kubernetes/client-go/blob/v0.31.0/util/flowcontrol/backoff.go and doBackOff in
// https://github.com/kubernetes/kubernetes/blob/v1.31.0/pkg/kubelet/kuberuntime/kuberuntime_manager.go
#pragma once

#include <memory>
#include <string>
#include <vector>

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

// NAME, or NAME/CONTAINER; with none, the only workload of the file.
std::unique_ptr<Policy> ReadKubernetesManifest(const std::string& file, const std::string& name);
std::unique_ptr<Policy> ParseKubernetesManifest(const std::string& file, const std::string& text,
                                                const std::string& name);
// "web/main": every container of every workload.
std::vector<std::string> KubernetesContainers(const std::string& file, const std::string& text);

}  // namespace pidfall
