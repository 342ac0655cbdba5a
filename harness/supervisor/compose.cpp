#include "harness/supervisor/compose.h"

#include <fmt/format.h>

#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/duration.h"
#include "harness/supervisor/docker.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/text_lines.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

std::string OnlyService(const std::string& file, const YAML::Node& services) {
  if (services.size() == 1) return services.begin()->first.Scalar();
  throw BadInput(file, LineOf(services), "say which service is meant: " + file + "#NAME");
}

YamlMap RootOf(const std::string& name, const std::string& text) {
  const std::vector<YAML::Node> documents = LoadYaml(name, text);
  if (documents.empty()) throw BadInput(name, 0, "is empty");
  return {name, documents.front(), "the file"};
}

YamlMap ServicesOf(const std::string& name, YamlMap& root) {
  auto services = root.Map("services");
  if (services) return *services;
  const YAML::Node kind = root.Find("kind");
  if (kind.IsDefined() && kind.IsScalar()) {
    throw BadInput(name, LineOf(kind),
                   fmt::format("a manifest of kind {} without apiVersion", kind.Scalar()));
  }
  const YAML::Node include = root.Find("include");
  if (include.IsDefined()) {
    throw BadInput(name, LineOf(include),
                   "`include` is not followed, and there are no `services`: name an included file");
  }
  throw BadInput(name, 0, "no compose file: it has no `services`");
}

class ComposeReader {
 public:
  ComposeReader(const std::string& file, YamlMap service, const std::string& name,
                const VariableLookup& lookup)
      : file_(file), map_(std::move(service)), variables_(file, lookup) {
    map_.ExpandBy(
        [this](const std::string& text, int line) { return variables_.Expand(text, line); });
    service_.job.label = name;
    ReadRestart();
    ReadCommand();
    ReadEnvironment();
    if (const auto grace = map_.Text("stop_grace_period")) rules_.stop_grace = Duration(*grace);
    service_.job.working_directory = map_.Text("working_dir").value_or("");
    ReadPorts();
    ReadImage();
    map_.NoteTheRest(&service_.notes);
    service_.notes.insert(service_.notes.end(), variables_.notes().begin(),
                          variables_.notes().end());
  }
  ComposeReader(const ComposeReader&) = delete;
  ComposeReader& operator=(const ComposeReader&) = delete;

  std::unique_ptr<Policy> Make() { return MakeDockerPolicy(rules_, service_); }

 private:
  std::string Where(const std::string& key) {
    const int line = LineOf(map_.Find(key));
    return fmt::format("{}:{}: {}", file_, line, key);
  }

  // Compose maps deploy.restart_policy onto the engine's names, and `restart` comes first.
  // https://github.com/docker/compose/blob/v2.24.0/pkg/compose/create.go (getRestartPolicy)
  void ReadRestart() {
    if (auto deploy = map_.Map("deploy")) ReadDeploy(*deploy);
    const auto restart = map_.Text("restart");
    if (restart && restart->empty()) {
      rules_ = {};  // the engine takes it for `no`
    } else if (restart) {
      rules_ = ParseDockerRestart(Where("restart"), *restart);
    }
  }

  void ReadDeploy(YamlMap& deploy) {
    if (auto policy = deploy.Map("restart_policy")) {
      const std::string condition = policy->Text("condition").value_or("any");
      const std::string name = condition == "any"    ? "always"
                               : condition == "none" ? "no"
                                                     : condition;
      rules_ = ParseDockerRestart(Where("deploy"), name);
      if (const auto attempts = policy->Number("max_attempts")) rules_.most_restarts = *attempts;
      policy->NoteTheRest(&service_.notes);
    }
    deploy.NoteTheRest(&service_.notes);
  }

  // A string is split into words, a list is taken as it is.
  std::vector<std::string> Words(const std::string& key) {
    const YAML::Node value = map_.Find(key);
    if (!value.IsDefined() || value.IsNull()) return {};
    if (!value.IsScalar()) return map_.Texts(key);
    auto words = SplitWords(map_.Expanded(value));
    if (!words) map_.Fail(key, "has a quote that is not closed");
    return std::move(*words);
  }

  void ReadCommand() {
    service_.job.command = Words("entrypoint");
    const std::vector<std::string> command = Words("command");
    service_.job.command.insert(service_.job.command.end(), command.begin(), command.end());
  }

  // A service without an image is built, and runs in a container too.
  void ReadImage() {
    const auto image = map_.Text("image");
    service_.job.image = image.value_or("its own");
    if (!image) return;
    service_.notes.push_back(
        fmt::format("{}: image {} is not run: the command is, here", file_, *image));
  }

  // "8080:80", "127.0.0.1:8080:80/tcp" or {published: 8080}; "80" alone gets any port.
  void ReadPorts() {
    const YAML::Node ports = map_.Find("ports");
    if (!ports.IsDefined() || !ports.IsSequence()) return;
    for (const YAML::Node& port : ports) {
      const YAML::Node text = port.IsMap() ? YamlMap(file_, port, "port").Find("published") : port;
      if (!text.IsDefined() || !text.IsScalar()) continue;
      const std::string expanded = map_.Expanded(text);
      const auto number = port.IsMap() ? expanded : PublishedPort(expanded);
      if (const auto published = WholeNumber(number.value_or(""))) {
        service_.job.ports.push_back(*published);
      }
    }
  }

  static std::optional<std::string> PublishedPort(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    const std::string before = text.substr(0, colon);
    return before.substr(before.rfind(':') + 1);
  }

  void ReadEnvironment() {
    const YAML::Node value = map_.Find("environment");
    if (!value.IsDefined() || value.IsNull()) return;
    if (value.IsMap()) return ReadVariables(value);
    for (const std::string& word : map_.Texts("environment")) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos) continue;  // passed on from the shell's own
      service_.job.environment[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }

  void ReadVariables(const YAML::Node& variables) {
    for (const auto& variable : variables) {
      if (!variable.first.IsScalar()) map_.Fail("environment", "has a name that is no text");
      if (variable.second.IsNull()) continue;
      if (!variable.second.IsScalar()) map_.Fail("environment", "has a value that is no text");
      service_.job.environment[variable.first.Scalar()] = map_.Expanded(variable.second);
    }
  }

  SupervisorTime Duration(const std::string& text) {
    try {
      return ParseDuration(text);
    } catch (const BadInput& error) {
      map_.Fail("stop_grace_period", error.what());
    }
  }

  std::string file_;
  YamlMap map_;
  ComposeVariables variables_;
  DockerRules rules_;
  Service service_;
};

}  // namespace

std::vector<std::string> ComposeServices(const std::string& name, const std::string& text) {
  YamlMap root = RootOf(name, text);
  ServicesOf(name, root);
  std::vector<std::string> names;
  for (const auto& service : root.Find("services")) {
    if (service.first.IsScalar() && service.first.Scalar() != "<<") {
      names.push_back(service.first.Scalar());
    }
  }
  return names;
}

std::unique_ptr<Policy> ParseComposeService(const std::string& name, const std::string& text,
                                            const std::string& service,
                                            const VariableLookup& lookup) {
  YamlMap root = RootOf(name, text);
  auto services = ServicesOf(name, root);
  const std::string chosen = service.empty() ? OnlyService(name, root.Find("services")) : service;
  auto found = services.Map(chosen);
  if (!found) throw BadInput(name, services.line(), "no service is called '" + chosen + "'");
  return ComposeReader(name, std::move(*found), chosen, lookup).Make();
}

std::unique_ptr<Policy> ReadComposeService(const std::string& file, const std::string& service) {
  return ParseComposeService(file, ReadText(file), service, OursThenDotEnv(file));
}

}  // namespace pidfall
