#include "harness/audit/command_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CommandFacts OfShell(const std::string& text) {
  return FactsOf({.command = {"/bin/sh", "-c", text}, .working_directory = "/srv"});
}

TEST(CommandFactsTest, PortIsReadFromEachUsualOption) {
  const std::vector<std::string> options[] = {{"--port", "8080"},
                                              {"--port=8080"},
                                              {"-port", "8080"},
                                              {"--listen", ":8080"},
                                              {"--bind", "[::1]:8080"},
                                              {"--http_port=8080"},
                                              {"--listen-address=0.0.0.0:8080"}};
  for (std::vector<std::string> words : options) {
    words.insert(words.begin(), "web");
    EXPECT_THAT(FactsOf({.command = words}).ports, ElementsAre(8080)) << words[1];
  }
}

TEST(CommandFactsTest, PortOfAnotherProgramIsNotItsOwn) {
  EXPECT_THAT(FactsOf({.command = {"web", "--db-port", "5432", "-p", "80", "--port", "x"}}).ports,
              IsEmpty());
  EXPECT_THAT(FactsOf({.command = {"web", "--port", "70000"}}).ports, IsEmpty());
}

TEST(CommandFactsTest, PortIsReadFromTheEnvironmentAndTheJob) {
  const CommandFacts facts =
      FactsOf({.command = {"web"}, .environment = {{"PORT", "3000"}}, .ports = {80}});
  EXPECT_THAT(facts.ports, ElementsAre(80, 3000));
  EXPECT_THAT(OfShell("PORT=4000 web --port 4000").ports, ElementsAre(4000));
}

TEST(CommandFactsTest, PythonsOwnServerTakesItsPortAsAWord) {
  const std::pair<std::vector<std::string>, int> commands[] = {
      {{"python3", "-m", "http.server", "18765"}, 18765},
      {{"/usr/bin/python3.11", "-u", "-m", "http.server", "-d", "80", "--bind", "::", "81"}, 81},
      {{"env", "python", "-m", "SimpleHTTPServer"}, 8000}};
  for (const auto& [words, port] : commands) {
    EXPECT_THAT(FactsOf({.command = words}).ports, ElementsAre(port)) << words.back();
  }
  for (const std::vector<std::string>& words : {std::vector<std::string>{"web", "18765"},
                                                {"python3", "serve.py", "18765"},
                                                {"python3", "-m", "web", "18765"},
                                                {"python3", "-m", "http.server", "$PORT"}}) {
    EXPECT_THAT(FactsOf({.command = words}).ports, IsEmpty()) << words[1];
  }
}

TEST(CommandFactsTest, PidFileOfTheSupervisorComesFirst) {
  const Job job{.command = {"web", "--pidfile", "/run/b.pid"}, .pid_file = "/run/a.pid"};
  EXPECT_EQ(FactsOf(job).pid_file, "/run/a.pid");
  EXPECT_EQ(FactsOf({.command = {"web", "--pid-file=/run/b.pid"}}).pid_file, "/run/b.pid");
}

TEST(CommandFactsTest, RelativePidFileStandsInTheWorkingFolder) {
  EXPECT_EQ(OfShell("web --pid-file tmp/web.pid").pid_file, "/srv/tmp/web.pid");
  EXPECT_EQ(FactsOf({.command = {"web", "--pid-file", "web.pid"}}).pid_file, "") << "which folder?";
}

TEST(CommandFactsTest, PidFileThatIsFilledInLaterIsNotGuessed) {
  for (const char* path : {"%t/web.pid", "${DIR}/web.pid", "-", "312"}) {
    EXPECT_EQ(FactsOf({.command = {"web", "--pid", path}}).pid_file, "") << path;
  }
}

TEST(CommandFactsTest, NothingOfAContainerButItsPublishedPortsIsTheMachines) {
  const CommandFacts facts = FactsOf({.command = {"web", "--port", "80", "--pid", "/run/w.pid"},
                                      .ports = {8080},
                                      .image = "web:1"});
  EXPECT_THAT(facts.ports, ElementsAre(8080));
  EXPECT_EQ(facts.pid_file, "");
}

TEST(CommandFactsTest, ShellsPlainTextIsItsWords) {
  EXPECT_THAT(OfShell("exec A=b web 'a b'").words, ElementsAre("web", "a b"));
  EXPECT_FALSE(OfShell("exec web").is_script);
}

TEST(CommandFactsTest, TextThatAShellChangesIsAScript) {
  for (const char* text : {"cd /srv && exec web", "web $PORT", "web | tee log", "web 'a"}) {
    EXPECT_TRUE(OfShell(text).is_script) << text;
  }
  EXPECT_TRUE(OfShell("npm start").is_script) << "it starts a child by another name";
}

TEST(ExecLineTest, OnlyExecOfAScriptIsItsCommand) {
  EXPECT_EQ(ExecLine("#!/bin/sh\nexec 2>&1\nexec web --port 80\n"), "exec web --port 80");
  EXPECT_EQ(ExecLine("#!/bin/sh\nexec chpst -u www web 2>&1\n"), "exec chpst -u www web");
  EXPECT_EQ(ExecLine("#!/bin/sh\nweb\n"), "");
  EXPECT_EQ(ExecLine("exec web $PORT\n"), "");
  EXPECT_EQ(ExecLine("if test -x a; then\n  exec a\nfi\nexec b\n"), "") << "which of the two?";
  EXPECT_EQ(ExecLine("exec >log\nexec web\n"), "exec web");
}

}  // namespace
}  // namespace pidfall
