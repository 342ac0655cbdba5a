// A container of a workload in a Kubernetes manifest.
//
//   auto policy = ReadKubernetesManifest("k8s.yaml", "web");   // throws BadInput
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

// NAME, or NAME/CONTAINER; with none, the only workload of the file.
std::unique_ptr<Policy> ReadKubernetesManifest(const std::string& file, const std::string& name);
std::unique_ptr<Policy> ParseKubernetesManifest(const std::string& file, const std::string& text,
                                                const std::string& name);
// "web/main": every container of every workload.
std::vector<std::string> KubernetesContainers(const std::string& file, const std::string& text);

}  // namespace pidfall
