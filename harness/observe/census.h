// The live processes in the sandbox, the start that each came from, and the listening sockets.
//
//   Census census;
//   census.Of("A");               // asks the kernel
//   {
//     const Census::Look look(census);
//     census.Of("A");             // asks the kernel
//     census.Of("B");             // the same answer serves
//   }
//
// Within a look each question is asked once: it costs less, and the answers about two instances
// cannot contradict each other, as they could if one ended and the other began between two
// questions.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/kernel/process.h"
#include "harness/kernel/sockets.h"

namespace pidfall {

// In the environment of every process of a start: its name.
inline constexpr char kInstanceMark[] = "PIDFALL_START";

// Called in the child before the exec. Programs that write their title over their environment
// (nginx, sshd) lose the name there; they keep this mark.
void SetMark(const std::string& name);

class Census {
 public:
  class Look {
   public:
    explicit Look(Census& census) : census_(census) { ++census_.held_; }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    ~Look() {
      if (--census_.held_ == 0) census_.Forget();
    }

   private:
    Census& census_;
  };

  // The live processes of the start called `name`, whose first process was `root`: they have its
  // mark, or their parent has it. Parents stand before their children.
  std::vector<ProcessInfo> Of(const std::string& name, pid_t root);
  const std::vector<TcpSocket>& Listeners();
  const std::vector<TcpSocket>& UdpSockets();
  // To be called after a change: forgets the answers.
  void Forget();

 private:
  struct Origin {
    uint64_t started = 0;  // differs for the next process with the pid
    std::string name;      // empty: no start of ours
  };

  const std::vector<ProcessInfo>& Living();
  void ForgetTheDead();
  const std::string& OriginOf(const ProcessInfo& process);

  int held_ = 0;
  Lineage lineage_{getpid()};
  std::optional<std::vector<ProcessInfo>> living_;
  std::optional<std::vector<TcpSocket>> listeners_, udp_sockets_;
  std::map<pid_t, Origin> origins_;
};

}  // namespace pidfall
