#include "harness/supervisor/openrc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "harness/supervisor/openrc_script.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/policy_testing.h"
#include "harness/supervisor/shell_variables.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Openrc, ElevenStartsInALifetime) {
  for (const auto run_time : {5ms, 3600000ms}) {
    EXPECT_EQ(StartCount(*MakeOpenrcPolicy({}), {.run_time = run_time}, 24h), 11U);
  }
  const OpenrcRules rules = {.respawn_delay = 3s, .respawn_max = 5, .respawn_period = 10s};
  EXPECT_EQ(StartCount(*MakeOpenrcPolicy(rules), {.run_time = 5ms}, 60s), 20U);
  EXPECT_EQ(StartCount(*MakeOpenrcPolicy({.respawn_delay = 1s, .respawn_max = 0}), {}, 60s), 60U);
}

// supervise-daemon.c of a later version, supervisor: the first respawn waits for one step.
TEST(Openrc, LaterVersionWaitsLongerEachTime) {
  EXPECT_EQ(StartCount(*MakeOpenrcPolicy(LaterOpenrcRules()), {.run_time = 5ms}, 24h), 11U);
  OpenrcRules rules = LaterOpenrcRules();
  rules.respawn_delay_step = 4s;
  rules.respawn_delay_cap = 10s;
  const auto policy = MakeOpenrcPolicy(rules);
  std::vector<EndedRun> history;
  for (const auto wait : {4s, 8s, 10s}) {
    const SupervisorTime ended = history.empty() ? 1s : history.back().ended + 1s;
    history.push_back({.started = ended - 1s, .ended = ended});
    EXPECT_EQ(policy->Next(history).start_at, ended + wait);
  }
}

constexpr char kScript[] =
    "#!/sbin/openrc-run\n"
    "supervisor=supervise-daemon\n"
    "name=\"the web server\"\n"
    ": ${cfgfile:=\"/etc/${RC_SVCNAME}.conf\"} # a comment\n"
    "command=\"/usr/bin/${SVCNAME}\"\n"
    "command_args=\"--config $cfgfile --name 'a b' ${web_opts:---port 80} \\\n"
    "  ${extra}\"\n"
    "command_args_foreground=\"-f\"\n"
    "command_user=\"web:web\"\n"
    "directory='/srv/web'\n"
    "pidfile=/run/web.pid\n"
    "respawn_max=\"${respawn_max:-5}\"; respawn_delay=3 respawn_period=60\n"
    "export WEB_HOME=/srv\n"
    "depend() {\n"
    "  need net\n"
    "  command=none\n"
    "}\n"
    "start_pre() { command=none; }\n"
    "stop_post()\n"
    "{\n"
    "  command=none\n"
    "}\n";

std::unique_ptr<Policy> Script(const std::string& text) {
  return ParseOpenrcScript("init.d/web", text);
}

TEST(OpenrcScript, TimeWithAUnitIsForALaterVersion) {
  const auto web = Script(std::string(kScript) + "respawn_delay=500ms\nrespawn_period=\n");
  EXPECT_EQ(web->Describe(),
            "openrc supervise-daemon respawn_max=5, respawn_delay=0.5 s and 0.1 s more each time, "
            "respawn_period=12 s");
  EXPECT_THAT(web->Notes(), Contains(StartsWith("init.d/web:23: respawn_delay has a unit: ")));
  EXPECT_THAT(Script(std::string(kScript) + "respawn_period=90sec\n")->Describe(),
              EndsWith("respawn_period=1 min 30 s"));
}

TEST(OpenrcScript, ServiceIsRead) {
  const auto web = Script(kScript);
  EXPECT_EQ(web->Describe(),
            "openrc supervise-daemon respawn_max=5, respawn_delay=3 s, respawn_period=1 min");
  EXPECT_THAT(web->job().command, ElementsAre("/usr/bin/web", "--config", "/etc/web.conf", "--name",
                                              "a b", "--port", "80", "-f"));
  EXPECT_EQ(web->job().label, "web");
  EXPECT_EQ(web->job().working_directory, "/srv/web");
  EXPECT_EQ(web->job().environment.at("WEB_HOME"), "/srv");
  EXPECT_EQ(web->job().marks.at("RC_SVCNAME"), "web");
  EXPECT_THAT(web->job().pid_file, IsEmpty()) << "it holds the number of supervise-daemon";
  EXPECT_THAT(web->Notes(),
              ElementsAre("init.d/web: not modelled: command_user (line 9), depend() (line 14), "
                          "start_pre() (line 18), stop_post() (line 19)"));
}

TEST(OpenrcScript, WithoutSupervisorNothingIsRestarted) {
  const auto web = Script("command=/usr/bin/web\ncommand_args_background=-d\npidfile=/run/w.pid\n");
  EXPECT_EQ(web->Describe(), "openrc start-stop-daemon: no restart");
  EXPECT_THAT(web->job().command, ElementsAre("/usr/bin/web", "-d"));
  EXPECT_EQ(web->job().pid_file, "/run/w.pid");
  EXPECT_FALSE(RestartsAfter(*web, {.status = 1}));
  EXPECT_TRUE(web->job().ends_when_server_runs);
  EXPECT_FALSE(Script("command=/web\ncommand_background=YES\n")->job().ends_when_server_runs);
}

TEST(OpenrcScript, WhatOnlyAShellCanTellIsNamed) {
  const auto web = Script("if [ -d /srv ]; then\n  command=/srv/web\nfi\ncommand_args=`cat x`\n");
  EXPECT_THAT(web->job().command, ElementsAre("/srv/web", "`cat", "x`"));
  EXPECT_THAT(web->Notes(),
              ElementsAre("init.d/web:2: command is set under a condition, which is taken",
                          "init.d/web:4: command_args is not expanded: only a shell can tell it"));
}

TEST(OpenrcScript, FaultsAreNamedWithTheirLine) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "init.d/web: no `command`"},
      {"start() {\n  command=/web\n}\n", "init.d/web: no `command`"},
      {"x=1\ncommand=\"/web\n", "init.d/web:2: nothing closes the \""},
      {"command=${web\n", "init.d/web:1: nothing closes the $"},
      {"command=\"/web 'a\"\n", "init.d/web:1: command=/web 'a: a quote is not closed"},
      {"command=/web\nsupervisor=s6\n", "init.d/web:2: supervisor=s6: only supervise-daemon"},
      {std::string(kScript) + "respawn_delay=0\n",
       "init.d/web:23: respawn_delay=0: supervise-daemon "
       "wants seconds, 1 or more; later versions also 12sec"},
      {std::string(kScript) + "respawn_max=many\n", "init.d/web:23: respawn_max=many: "},
      {"command=" + std::string(5000, 'x'), "init.d/web:1: a value of more than 4 KiB"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(BadInputOf([&text = text] { Script(text); }), StartsWith(message));
  }
}

// Each as dash expands it.
TEST(ShellVariables, ExpandAsAShellDoes) {
  const std::pair<const char*, const char*> rows[] = {
      {"a", "a"},
      {"'a $b'c", "a $bc"},
      {"\"a 'b' c\"", "a 'b' c"},
      {"a\\ b\\\"", "a b\""},
      {"$known-x", "word-x"},
      {"${known}s", "words"},
      {"\"${none:-a b}\"", "a b"},
      {"${empty:-a}", "a"},
      {"${empty-a}", ""},
      {"${known:+yes}${none:+no}", "yes"},
      {"${none:=made}$none", "mademade"},
      {"${none2:-${none3:-$known}}", "word"},
      {"\"a\\\nb\"", "ab"},
  };
  for (const auto& [word, expanded] : rows) {
    ShellVariables variables({{"known", "word"}, {"empty", ""}});
    variables.Read("x", std::string("value=") + word + "\n");
    EXPECT_EQ(variables.Find("value")->value, expanded) << word;
    EXPECT_TRUE(variables.Find("value")->is_whole) << word;
  }
}

class OpenrcFolder : public testing::Test {
 protected:
  OpenrcFolder() : folder_(mkdtemp(pattern_)) {}
  ~OpenrcFolder() override { std::filesystem::remove_all(folder_); }
  std::string Write(const char* name, const char* text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  char pattern_[32] = "/tmp/pidfall-openrc.XXXXXX";
  std::filesystem::path folder_;
};

TEST_F(OpenrcFolder, SettingsAreReadFirst) {
  const std::string script = Write("init.d/web",
                                   "supervisor=supervise-daemon\ncommand=${program:-/bin/other}\n"
                                   "respawn_max=${respawn_max:-7}\nrespawn_delay=2\n");
  EXPECT_EQ(LookUpPolicy(script)->Describe(),
            "openrc supervise-daemon respawn_max=7, respawn_delay=2 s");
  const std::string settings = Write("conf.d/web",
                                     "program=/bin/web\nrespawn_max=0\n"
                                     "respawn_delay=9\noutput_log=/var/log/web\n");
  const auto web = LookUpPolicy(script);
  EXPECT_EQ(web->Describe(), "openrc supervise-daemon respawn_max=0, respawn_delay=2 s");
  EXPECT_THAT(web->job().command, ElementsAre("/bin/web"));
  EXPECT_THAT(web->Notes(), ElementsAre(settings + ": not modelled: output_log (line 4)"));
}

TEST_F(OpenrcFolder, SourceOfAPackageIsNamedWithoutItsEnding) {
  const std::string script = Write("web.initd", "command=/bin/$RC_SVCNAME\n");
  Write("web.confd", "command_args=-v\n");
  EXPECT_THAT(LookUpPolicy(script)->job().command, ElementsAre("/bin/web", "-v"));
  EXPECT_THAT(LookUpPolicy("openrc:" + script)->job().label, "web");
}

}  // namespace
}  // namespace pidfall
