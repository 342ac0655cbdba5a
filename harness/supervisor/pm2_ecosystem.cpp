#include "harness/supervisor/pm2_ecosystem.h"

#include <algorithm>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/supervisor/file_text.h"
#include "harness/supervisor/pm2.h"
#include "harness/supervisor/text_lines.h"
#include "harness/supervisor/yaml_map.h"

namespace pidfall {
namespace {

class ApplicationReader {
 public:
  explicit ApplicationReader(YamlMap application) : map_(std::move(application)) {
    service_.job.label = map_.Text("name").value_or("");
    rules_.autorestart = map_.Text("autorestart").value_or("true") == "true";
    if (const auto most = map_.Number("max_restarts")) rules_.max_restarts = *most;
    ReadTime("min_uptime", &rules_.min_uptime);
    ReadTime("restart_delay", &rules_.restart_delay);
    ReadTime("exp_backoff_restart_delay", &rules_.exp_backoff);
    ReadTime("kill_timeout", &rules_.kill_timeout);
    ReadStopCodes();
    ReadCommand();
    // "max" and 0: one per processor.
    service_.job.copies = WholeNumber(map_.Text("instances").value_or("1")).value_or(0);
    map_.NoteTheRest(&service_.notes);
  }

  std::unique_ptr<Policy> Make() { return MakePm2Policy(rules_, service_); }

 private:
  void ReadTime(const char* key, SupervisorTime* into) {
    if (const auto value = map_.Number(key)) *into = std::chrono::milliseconds(*value);
  }

  void ReadStopCodes() {
    for (const std::string& code : map_.Texts("stop_exit_codes")) {
      const auto number = WholeNumber(code);
      if (!number) map_.Fail("stop_exit_codes", "holds '" + code + "', which is no exit status");
      rules_.stop_exit_codes.insert(*number);
    }
  }

  // PM2 runs a .js by node where no interpreter is named.
  void ReadCommand() {
    const std::string script = map_.Text("script").value_or("");
    if (script.empty()) map_.Fail("script", "is missing");
    const std::string usual = script.ends_with(".js") ? "node" : "none";
    const std::string interpreter = map_.Text("interpreter").value_or(usual);
    if (interpreter != "none") service_.job.command.push_back(interpreter);
    service_.job.command.push_back(script);
    const YAML::Node arguments = map_.Find("args");
    std::vector<std::string> words;
    if (arguments.IsDefined() && arguments.IsScalar()) {
      words = SplitWords(arguments.Scalar()).value_or(words);
    } else {
      words = map_.Texts("args");
    }
    service_.job.command.insert(service_.job.command.end(), words.begin(), words.end());
    service_.job.working_directory = map_.Text("cwd").value_or("");
  }

  YamlMap map_;
  Pm2Rules rules_;
  Service service_;
};

std::vector<YamlMap> ApplicationsOf(const std::string& file, const std::string& text) {
  const std::vector<YAML::Node> documents = LoadYaml(file, text);
  if (documents.empty()) throw BadInput(file, 0, "is empty");
  YamlMap root(file, documents.front(), "the file");
  const YAML::Node apps = root.Find("apps");
  if (!apps.IsDefined()) return {root};  // the file is one application
  if (!apps.IsSequence()) root.Fail("apps", "is no list");
  std::vector<YamlMap> applications;
  for (const YAML::Node& node : apps) applications.emplace_back(file, node, "app");
  return applications;
}

}  // namespace

std::unique_ptr<Policy> ParsePm2Ecosystem(const std::string& name, const std::string& text,
                                          const std::string& application) {
  std::vector<YamlMap> applications = ApplicationsOf(name, text);
  if (application.empty() && applications.size() == 1) {
    return ApplicationReader(applications.front()).Make();
  }
  if (application.empty()) {
    throw BadInput(name, 0, "say which application is meant: pm2:" + name + "#NAME");
  }
  for (YamlMap& candidate : applications) {
    if (candidate.Text("name") == application) return ApplicationReader(candidate).Make();
  }
  throw BadInput(name, 0, "no application is called '" + application + "'");
}

std::vector<std::string> Pm2Applications(const std::string& name, const std::string& text) {
  std::vector<std::string> names;
  for (YamlMap& application : ApplicationsOf(name, text)) {
    names.push_back(application.Text("name").value_or(""));
  }
  return names;
}

std::unique_ptr<Policy> ReadPm2Ecosystem(const std::string& file, const std::string& application) {
  return ParsePm2Ecosystem(file, ReadText(file), application);
}

}  // namespace pidfall
