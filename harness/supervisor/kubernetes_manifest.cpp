#include "harness/supervisor/kubernetes_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/kubernetes.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

// Where the pod stands in a workload of each kind, whether it may only be restarted always, and
// whether it is meant to end.
struct WorkloadKind {
  const char* kind;
  std::vector<const char*> path;
  bool always_only;
  bool ends = false;
};
const std::vector<WorkloadKind>& WorkloadKinds() {
  static const std::vector<WorkloadKind> kinds = {
      {"Pod", {}, false},
      {"Deployment", {"spec", "template"}, true},
      {"StatefulSet", {"spec", "template"}, true},
      {"DaemonSet", {"spec", "template"}, true},
      {"ReplicaSet", {"spec", "template"}, true},
      {"Job", {"spec", "template"}, false, true},
      {"CronJob", {"spec", "jobTemplate", "spec", "template"}, false, true}};
  return kinds;
}

struct Workload {
  YamlMap root;
  const WorkloadKind* kind;
  std::string name;
};

std::vector<Workload> WorkloadsOf(const std::string& file, const std::string& text) {
  std::vector<Workload> workloads;
  for (const YAML::Node& document : LoadYaml(file, text)) {
    YamlMap root(file, document, "the manifest");
    const std::string kind = root.Text("kind").value_or("");
    const auto known = std::find_if(WorkloadKinds().begin(), WorkloadKinds().end(),
                                    [&](const WorkloadKind& entry) { return entry.kind == kind; });
    if (known == WorkloadKinds().end()) continue;
    auto metadata = root.Map("metadata");
    const std::string name = metadata ? metadata->Text("name").value_or("") : "";
    workloads.push_back({std::move(root), &*known, name});
  }
  return workloads;
}

Workload& WorkloadNamed(const std::string& file, std::vector<Workload>& workloads,
                        const std::string& name) {
  if (workloads.empty()) throw BadInput(file, 0, "no Pod, Deployment or other workload in it");
  if (name.empty() && workloads.size() == 1) return workloads.front();
  if (name.empty()) throw BadInput(file, 0, "say which workload is meant: " + file + "#NAME");
  for (Workload& workload : workloads) {
    if (workload.name == name) return workload;
  }
  throw BadInput(file, 0, "no workload is called '" + name + "'");
}

YamlMap Need(const std::optional<YamlMap>& found, const YamlMap& above, const char* key) {
  if (!found) above.Fail(key, "is missing");
  return *found;
}

YamlMap PodSpec(const Workload& workload) {
  YamlMap pod = workload.root;
  for (const char* key : workload.kind->path) pod = Need(pod.Map(key), pod, key);
  return Need(pod.Map("spec"), pod, "spec");
}

// Never empty.
YAML::Node ContainersOf(YamlMap& spec) {
  YAML::Node containers = spec.Find("containers");
  if (!containers.IsDefined() || !containers.IsSequence() || containers.size() == 0) {
    spec.Fail("containers", "is no list of containers");
  }
  return containers;
}

class ManifestReader {
 public:
  ManifestReader(const std::string& file, Workload& workload, const std::string& container)
      : file_(file), workload_(workload) {
    YamlMap spec = PodSpec(workload);
    ReadRestart(spec);
    if (const auto grace = spec.Number("terminationGracePeriodSeconds")) {
      rules_.grace = std::chrono::seconds(*grace);
    }
    ReadContainer(spec, container);
    spec.NoteTheRest(&service_.notes);
  }

  std::unique_ptr<Policy> Make() { return MakeKubernetesPolicy(rules_, service_); }

 private:
  // Like the API server, refuses a policy that the kind does not allow.
  void ReadRestart(YamlMap& spec) {
    const auto restart = spec.Text("restartPolicy");
    if (!restart) return;
    const int line = LineOf(spec.Find("restartPolicy"));
    rules_ = ParsePodRestart(fmt::format("{}:{}: restartPolicy", file_, line), *restart);
    if (workload_.kind->always_only && rules_.restart != PodRestart::kAlways) {
      throw BadInput(file_, line,
                     fmt::format("a {} takes restartPolicy Always only", workload_.kind->kind));
    }
  }

  void ReadContainer(YamlMap& spec, const std::string& wanted) {
    for (const YAML::Node& node : ContainersOf(spec)) {
      YamlMap container(file_, node, "container");
      const std::string name = container.Text("name").value_or("");
      if (wanted.empty() || wanted == name) return ReadCommand(container, name);
    }
    spec.Fail("containers", "holds none called '" + wanted + "'");
  }

  // The other ports are those of the pod's own address.
  void ReadHostPorts(YamlMap& container) {
    const YAML::Node ports = container.Find("ports");
    if (!ports.IsDefined() || !ports.IsSequence()) return;
    for (const YAML::Node& port : ports) {
      const auto number = YamlMap(file_, port, "port").Number("hostPort");
      if (number) service_.job.ports.push_back(*number);
    }
  }

  void ReadCommand(YamlMap& container, const std::string& name) {
    service_.job.label = workload_.name + "/" + name;
    service_.job.command = container.Texts("command");
    const std::vector<std::string> arguments = container.Texts("args");
    service_.job.command.insert(service_.job.command.end(), arguments.begin(), arguments.end());
    service_.job.working_directory = container.Text("workingDir").value_or("");
    ReadHostPorts(container);
    service_.job.is_one_shot = workload_.kind->ends;
    const auto image = container.Text("image");
    service_.job.image = image.value_or("its own");
    if (image) {
      service_.notes.push_back(
          fmt::format("{}: image {} is not run: the command is, here", file_, *image));
    }
    container.NoteTheRest(&service_.notes);
  }

  std::string file_;
  Workload& workload_;
  KubernetesRules rules_;
  Service service_;
};

}  // namespace

std::vector<std::string> KubernetesContainers(const std::string& file, const std::string& text) {
  std::vector<std::string> names;
  for (const Workload& workload : WorkloadsOf(file, text)) {
    YamlMap spec = PodSpec(workload);
    for (const YAML::Node& node : ContainersOf(spec)) {
      YamlMap container(file, node, "container");
      names.push_back(workload.name + "/" + container.Text("name").value_or(""));
    }
  }
  return names;
}

std::unique_ptr<Policy> ParseKubernetesManifest(const std::string& file, const std::string& text,
                                                const std::string& name) {
  std::vector<Workload> workloads = WorkloadsOf(file, text);
  const std::size_t slash = name.find('/');
  const std::string container = slash == std::string::npos ? "" : name.substr(slash + 1);
  Workload& workload = WorkloadNamed(file, workloads, name.substr(0, slash));
  return ManifestReader(file, workload, container).Make();
}

std::unique_ptr<Policy> ReadKubernetesManifest(const std::string& file, const std::string& name) {
  return ParseKubernetesManifest(file, ReadText(file), name);
}

}  // namespace pidfall
