#include "servers/stand_in/console.h"

#include <unistd.h>

#include <cstring>

namespace pidfall::stand_in {
namespace {

void Print(int descriptor, const std::string& line) {
  const std::string text = line + "\n";
  (void)!write(descriptor, text.data(), text.size());
}

}  // namespace

void Say(const std::string& line) { Print(STDOUT_FILENO, line); }
void Complain(const std::string& line) { Print(STDERR_FILENO, line); }

Failure::Failure(const std::string& what, int number)
    : std::runtime_error(what + ": " + std::strerror(number)), error(number) {}

}  // namespace pidfall::stand_in
