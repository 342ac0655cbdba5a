#include "harness/supervisor/npm.h"

#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/shell_quote.h"
#include "harness/supervisor/ended_run.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

class NpmPolicy : public ServicePolicy {
 public:
  using ServicePolicy::ServicePolicy;

  std::string Describe() const override { return "npm start: no restart"; }

  Decision Next(const std::vector<EndedRun>& history) const override {
    if (history.empty()) return {SupervisorTime(0), "npm start"};
    return {std::nullopt, HowItEnded(history.back()) + ": npm ends too"};
  }

  // It passes a signal on, and sends nothing by itself.
  std::optional<SupervisorTime> ExitTimeout() const override { return std::nullopt; }
};

}  // namespace

std::unique_ptr<Policy> ParsePackageJson(const std::string& name, const std::string& text) {
  const auto documents = LoadYaml(name, text);  // JSON is YAML
  if (documents.empty()) throw BadInput(name, 0, "is empty");
  YamlMap root(name, documents.front(), "the file");
  auto scripts = root.Map("scripts");
  const auto start = scripts ? scripts->Text("start") : std::nullopt;
  if (!start || start->empty()) throw BadInput(name, 0, "no script `start`");
  return std::make_unique<NpmPolicy>(Service{
      .job = {.label = root.Text("name").value_or("start"), .command = ExecutedByShell(*start)}});
}

std::unique_ptr<Policy> ReadPackageJson(const std::string& file) {
  return ParsePackageJson(file, ReadText(file));
}

}  // namespace pidfall
