#include "harness/sandbox/trial.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <exception>

#include "harness/process/clone.h"
#include "harness/sandbox/users.h"

namespace pidfall {
namespace {

// An empty answer means that the child ended before it had one.
constexpr char kWorked[] = "worked";

std::string Attempt(const std::function<void()>& body) {
  try {
    body();
    return kWorked;
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string Hear(const Trial& trial, const std::function<void()>& body) {
  Pipe go = MakePipe(), answer = MakePipe();
  const Child child = Clone({.namespaces = CLONE_NEWUSER | trial.namespaces}, [&] {
    go.write.Reset();
    char byte = 0;
    if (read(go.read.get(), &byte, 1) != 1) return 1;
    WriteAll(answer.write.get(), Attempt(body), "the answer");
    return 0;
  });
  answer.write.Reset();
  try {
    MapUsers(child.pid, trial.second_user);
  } catch (...) {
    SendSignal(child, SIGKILL);
    Reap(child);
    throw;
  }
  WriteAll(go.write.get(), "g", "the trial's pipe");
  std::string told = ReadToEnd(answer.read.get(), "the answer");
  Reap(child);
  return told;
}

}  // namespace

std::string TryInNamespaces(const Trial& trial, const std::function<void()>& body) {
  try {
    const std::string told = Hear(trial, body);
    if (told == kWorked) return "";
    return told.empty() ? "the trial was ended from outside" : told;
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace pidfall
