#include "harness/tracer/machine.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

#if defined(__x86_64__)

using Registers = user_regs_struct;

unsigned long long& ArgumentOf(Registers& registers, int index) {
  switch (index) {
    case 0:
      return registers.rdi;
    case 1:
      return registers.rsi;
    default:
      return registers.rdx;
  }
}

unsigned long long& ResultOf(Registers& registers) { return registers.rax; }

#elif defined(__aarch64__)

using Registers = user_regs_struct;

unsigned long long& ArgumentOf(Registers& registers, int index) { return registers.regs[index]; }

unsigned long long& ResultOf(Registers& registers) { return registers.regs[0]; }

#else
#error "pidfall explores on x86-64 and arm64 only"
#endif

template <typename T>
void Get(pid_t thread, int set, T& value) {
  iovec place{&value, sizeof(value)};
  if (ptrace(PTRACE_GETREGSET, thread, set, &place) != 0) ThrowErrno("read a call's registers");
}

template <typename T>
void Set(pid_t thread, int set, T& value) {
  iovec place{&value, sizeof(value)};
  if (ptrace(PTRACE_SETREGSET, thread, set, &place) != 0) ThrowErrno("change a call's registers");
}

}  // namespace

int64_t MakeCall(long number, const std::array<uint64_t, 6>& arguments) {
#if defined(__x86_64__)
  int64_t result = number;
  register uint64_t fourth asm("r10") = arguments[3];
  register uint64_t fifth asm("r8") = arguments[4];
  register uint64_t sixth asm("r9") = arguments[5];
  asm volatile("syscall"
               : "+a"(result)
               : "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(fourth), "r"(fifth),
                 "r"(sixth)
               : "rcx", "r11", "memory");
  return result;
#else
  register long which asm("x8") = number;
  register int64_t result asm("x0") = static_cast<int64_t>(arguments[0]);
  register uint64_t second asm("x1") = arguments[1];
  register uint64_t third asm("x2") = arguments[2];
  register uint64_t fourth asm("x3") = arguments[3];
  register uint64_t fifth asm("x4") = arguments[4];
  register uint64_t sixth asm("x5") = arguments[5];
  asm volatile("svc 0"
               : "+r"(result)
               : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
               : "memory");
  return result;
#endif
}

void SkipCall(pid_t thread) {
#if defined(__x86_64__)
  Registers registers{};
  Get(thread, NT_PRSTATUS, registers);
  registers.orig_rax = ~0ULL;
  Set(thread, NT_PRSTATUS, registers);
#else
  int number = -1;
  Set(thread, NT_ARM_SYSTEM_CALL, number);
#endif
}

void SetArgument(pid_t thread, int index, uint64_t value) {
  Registers registers{};
  Get(thread, NT_PRSTATUS, registers);
  ArgumentOf(registers, index) = value;
  Set(thread, NT_PRSTATUS, registers);
}

void SetResult(pid_t thread, int64_t value) {
  Registers registers{};
  Get(thread, NT_PRSTATUS, registers);
  ResultOf(registers) = static_cast<unsigned long long>(value);
  Set(thread, NT_PRSTATUS, registers);
}

}  // namespace pidfall
