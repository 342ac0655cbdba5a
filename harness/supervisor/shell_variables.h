// The variables that a shell script sets at its top level, where they are known without running it.
//
//   ShellVariables variables({{"RC_SVCNAME", "web"}});
//   variables.Read("web.initd", "pidfile=/run/${RC_SVCNAME}.pid\nstart_pre() { ...; }\n");
//   variables.Find("pidfile")->value   // "/run/web.pid"
//   variables.functions()              // {{"start_pre", "web.initd", 2}}
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pidfall {

struct ShellVariable {
  std::string value;
  std::string file;
  int line = 0;            // where it was set last
  bool is_whole = true;    // false: $(...) and the like stand in the value as they are
  bool is_certain = true;  // false: under a condition, which is taken to hold
  bool is_exported = false;
};

struct ShellFunction {
  std::string name;
  std::string file;
  int line = 0;
};

class ShellVariables {
 public:
  explicit ShellVariables(const std::map<std::string, std::string>& values);

  // One file after the other, as `.` reads them. Throws BadInput.
  void Read(const std::string& file, std::string_view text);

  const ShellVariable* Find(const std::string& name) const;  // null: not set
  const std::map<std::string, ShellVariable>& all() const { return variables_; }
  const std::vector<ShellFunction>& functions() const { return functions_; }

 private:
  std::map<std::string, ShellVariable> variables_;
  std::vector<ShellFunction> functions_;
};

}  // namespace pidfall
