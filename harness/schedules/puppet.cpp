#include "harness/schedules/puppet.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/stage/story_end.h"
#include "harness/tracer/machine.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

enum State : uint32_t { kIdle, kAsked, kAtWork, kDone };

// For the puppet, too: it shares our memory, so it must leave errno alone.
void Sleep(std::atomic<uint32_t>& word, uint32_t value, const timespec* bound) {
  MakeCall(SYS_futex, {reinterpret_cast<uint64_t>(&word), FUTEX_WAIT, value,
                       reinterpret_cast<uint64_t>(bound)});
}

void Wake(std::atomic<uint32_t>& word) {
  MakeCall(SYS_futex, {reinterpret_cast<uint64_t>(&word), FUTEX_WAKE, 1});
}

}  // namespace

// The memory that both see: the puppet is a process that shares ours.
struct Puppet::Board {
  std::atomic<uint32_t> state{kIdle};
  long number = 0;
  std::array<uint64_t, 6> arguments{};
  int64_t result = 0;
  std::array<char, 192 << 10> room;
  alignas(16) std::array<char, 16 << 10> stack;

  // The puppet's whole life.
  void Obey() {
    MakeCall(SYS_prctl, {PR_SET_PDEATHSIG, SIGKILL});
    MakeCall(SYS_close_range, {0, ~0U, 0});
    for (;;) {
      for (uint32_t now = state; now != kAsked; now = state) Sleep(state, now, nullptr);
      state = kAtWork;
      result = MakeCall(number, arguments);
      state = kDone;
      Wake(state);
    }
  }
};

Puppet::Puppet(pid_t pid) : pid_(pid), board_(std::make_unique_for_overwrite<Board>()) {
  const auto obey = [](void* board) { static_cast<Board*>(board)->Obey(); };
  child_ = CloneSharing(pid, {obey, board_.get(), board_->stack.data() + board_->stack.size()});
}

Puppet::~Puppet() { Kill(); }

void Puppet::Kill() {
  if (!is_alive()) return;
  SendSignal(child_, SIGKILL);
  Reap(child_);
  child_ = {};
}

char* Puppet::Room(size_t size) {
  constexpr size_t kAlign = 16;
  if (used_ + size + kAlign > board_->room.size()) throw Broken("a call with too much data");
  char* const room = board_->room.data() + used_;
  used_ += (size + kAlign) / kAlign * kAlign;
  return room;
}

uint64_t Puppet::ArgumentOf(const WholeCall& whole, size_t i) {
  const auto copied = [&](const std::string& bytes) {
    char* const room = Room(bytes.size() + 1);
    std::memcpy(room, bytes.c_str(), bytes.size() + 1);
    return reinterpret_cast<uint64_t>(room);
  };
  switch (whole.RoleOf(i)) {
    case Role::kValue:
      return whole.values[i];
    case Role::kFolder:
      return static_cast<uint64_t>(AT_FDCWD);
    case Role::kDescriptor: {
      const auto known = descriptors_.find(static_cast<int>(whole.values[i]));
      return known == descriptors_.end() ? ~0ULL : static_cast<uint64_t>(known->second);
    }
    case Role::kOutput:
    case Role::kEntries:
      return reinterpret_cast<uint64_t>(Room(whole.values[i + 1]));
    case Role::kStat:
      return reinterpret_cast<uint64_t>(Room(sizeof(struct stat)));
    case Role::kStatx:
      return reinterpret_cast<uint64_t>(Room(sizeof(struct statx)));
    default:
      return copied(whole.contents[i]);
  }
}

void Puppet::OpenSocket(const SocketKind& kind) {
  const auto number = [](int value) { return static_cast<uint64_t>(value); };
  Make(SYS_socket, {number(kind.domain), number(kind.type), number(kind.protocol)});
  const auto socket = static_cast<int>(board_->result);
  descriptors_[++count_] = socket;
  const auto set = [&](int level, int option, int value) {
    auto* const room = reinterpret_cast<int*>(Room(sizeof(value)));
    *room = value;
    Make(SYS_setsockopt, {number(socket), number(level), number(option),
                          reinterpret_cast<uint64_t>(room), sizeof(value)});
  };
  if (kind.reuses_address != 0) set(SOL_SOCKET, SO_REUSEADDR, 1);
  if (kind.reuses_port != 0) set(SOL_SOCKET, SO_REUSEPORT, 1);
  if (kind.domain == AF_INET6) set(IPPROTO_IPV6, IPV6_V6ONLY, kind.only_ipv6);
}

void Puppet::Ask(const WholeCall& whole) {
  whole_ = whole;
  used_ = 0;
  if (whole.socket) OpenSocket(*whole.socket);
  arguments_ = {};
  for (size_t i = 0; i < whole.roles.size(); ++i) arguments_[i] = ArgumentOf(whole, i);
  Make(whole.number, arguments_);
}

void Puppet::Make(long number, const std::array<uint64_t, 6>& arguments) {
  board_->number = number;
  board_->arguments = arguments;
  board_->state = kAsked;
  Wake(board_->state);
  AwaitAnswer();
}

// No event reports that it blocks: it is looked at when it did not answer for this long.
void Puppet::AwaitAnswer() {
  constexpr timespec kLook{.tv_sec = 0, .tv_nsec = 200'000};
  constexpr Duration kBound = std::chrono::seconds(10);
  const auto deadline = Clock::now() + kBound;
  while (!IsDone()) {
    const uint32_t now = board_->state;
    if (now == kDone) break;
    Sleep(board_->state, now, &kLook);
    if (board_->state == kAtWork && StateOfThread(pid_) == 'S' && board_->state == kAtWork) return;
    if (Clock::now() > deadline) throw Broken("a puppet did not answer in 10 s");
  }
}

bool Puppet::IsDone() const { return board_->state == kDone; }

Puppet::Answer Puppet::TakeAnswer() {
  const int64_t result = board_->result;
  if (result >= 0 && whole_.Opens()) descriptors_[++count_] = static_cast<int>(result);
  const RawCall call{.number = whole_.number, .arguments = arguments_, .result = result};
  return {result, OutputOf(getpid(), whole_, call)};
}

}  // namespace pidfall
