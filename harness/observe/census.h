// Who lives in the sandbox, which start each of them came of, and which sockets listen.
//
//   Census census;
//   census.Of("A");               // asks the kernel
//   {
//     const Census::Look look(census);
//     census.Of("A");             // asks the kernel
//     census.Of("B");             // the same answer serves
//   }
//
// Within a look all is asked once: it costs less, and what is said of two instances cannot
// contradict each other, as it could if one ended and the other began between two questions.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/probe/process.h"
#include "harness/probe/sockets.h"

namespace pidfall {

// In the environment of every process of a start: its name.
inline constexpr char kInstanceMark[] = "PIDFALL_START";

// In the child, before it is executed. Programs that write their title over their environment
// (nginx, sshd) lose the name there; this mark stays with them.
void WearMark(const std::string& name);

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

  // The live processes that came of the start called `name`, the first of which was `root`: they
  // wear its mark, or their parent does. Parents stand before their children.
  std::vector<ProcessInfo> Of(const std::string& name, pid_t root);
  const std::vector<TcpSocket>& Listeners();
  const std::vector<TcpSocket>& UdpSockets();
  // Something was done that changes the answers.
  void Forget();

 private:
  struct Origin {
    uint64_t started = 0;  // tells a number's next holder apart
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
