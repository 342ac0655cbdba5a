// Shared by the guard's tests: a folder that is removed at the end, and children that act in step.
//
//   TempFolder folder;
//   Child owner([&](Signals& signals) {
//     auto held = Acquire(...);
//     signals.Ready();
//     signals.Wait();
//   });
//   owner.WaitReady();
//   ... the child holds the lock here ...
//   owner.Kill();
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>

#include "guard/guard.h"

namespace pidfall::guard {

class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  std::string path(const std::string& name = "") const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

// The child's side: one byte each way.
class Signals {
 public:
  Signals(int in, int out) : in_(in), out_(out) {}
  void Ready() const { Send('r'); }
  void Send(char byte) const;
  int in() const { return in_; }
  void Wait() const;  // until Go(), or until the parent has gone

 private:
  int in_;
  int out_;
};

class Child {
 public:
  // The child ends by _exit with what `body` returns: no exit handler of the test program runs.
  explicit Child(const std::function<int(const Signals&)>& body);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // kills and reaps it

  pid_t pid() const { return pid_; }
  char Receive() const;  // the next byte; '\0' once it has ended
  void WaitReady() const;
  void Go(int waits = 1) const;  // ends this many Wait()s
  int Join();                    // its exit status, or 128 + the signal that ended it
  void Kill();

 private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
};

// The socket of a service manager, named by NOTIFY_SOCKET from now on: a path, or @name.
class ServiceManager {
 public:
  explicit ServiceManager(const std::string& address);
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();
  std::string Receive() const;  // the next message; empty when none comes in time
  bool HasMore() const;         // already there

 private:
  int socket_ = -1;
};

std::string Read(const std::string& path);
void Write(const std::string& path, const std::string& content);

// From now on this process has no address space left for a thread's stack.
void LetNoThreadStart();

// Options for a pid file in a test's folder.
Options ForFile(const std::string& pid_file);

}  // namespace pidfall::guard
