#include "harness/tracer/machine.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

#if defined(__x86_64__)

unsigned long long& ArgumentOf(Registers& registers, int index) {
  switch (index) {
    case 0:
      return registers.rdi;
    case 1:
      return registers.rsi;
    case 2:
      return registers.rdx;
    case 3:
      return registers.r10;
    case 4:
      return registers.r8;
    default:
      return registers.r9;
  }
}

unsigned long long& ResultOf(Registers& registers) { return registers.rax; }

// Back to the instruction that makes a call, of two bytes. Without an orig_rax of -1 the kernel may
// take the thread for one whose call a signal has interrupted, and change its registers again.
void PutBeforeCall(Registers& registers, long number) {
  constexpr int kInstruction = 2;
  registers.rip -= kInstruction;
  registers.rax = static_cast<unsigned long long>(number);
  registers.orig_rax = ~0ULL;
}

#elif defined(__aarch64__)

unsigned long long& ArgumentOf(Registers& registers, int index) { return registers.regs[index]; }

unsigned long long& ResultOf(Registers& registers) { return registers.regs[0]; }

// Back to the instruction that makes a call.
void PutBeforeCall(Registers& registers, long number) {
  constexpr int kInstruction = 4, kNumber = 8;
  registers.pc -= kInstruction;
  registers.regs[kNumber] = static_cast<unsigned long long>(number);
}

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

Registers RegistersOf(pid_t thread) {
  Registers registers{};
  Get(thread, NT_PRSTATUS, registers);
  return registers;
}

void SkipCall(pid_t thread) {
#if defined(__x86_64__)
  Registers registers = RegistersOf(thread);
  registers.orig_rax = ~0ULL;
  Set(thread, NT_PRSTATUS, registers);
#else
  int number = -1;
  Set(thread, NT_ARM_SYSTEM_CALL, number);
#endif
}

void SetArgument(pid_t thread, int index, uint64_t value) {
  Registers registers = RegistersOf(thread);
  ArgumentOf(registers, index) = value;
  Set(thread, NT_PRSTATUS, registers);
}

void SetResult(pid_t thread, int64_t value) {
  Registers registers = RegistersOf(thread);
  ResultOf(registers) = static_cast<unsigned long long>(value);
  Set(thread, NT_PRSTATUS, registers);
}

void SetNextCall(pid_t thread, const Registers& before, const RawCall& call) {
  Registers registers = before;
  PutBeforeCall(registers, call.number);
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    ArgumentOf(registers, static_cast<int>(i)) = call.arguments[i];
  }
  Set(thread, NT_PRSTATUS, registers);
}

// The two have the fourth and the fifth argument the other way round.
RawCall CloneCall(uint64_t flags, uint64_t thread_id_at) {
#if defined(__x86_64__)
  return {.number = SYS_clone, .arguments = {flags, 0, 0, thread_id_at, 0}};
#else
  return {.number = SYS_clone, .arguments = {flags, 0, 0, 0, thread_id_at}};
#endif
}

}  // namespace pidfall
