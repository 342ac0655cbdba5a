// The stand-in's output, and its end when something fails.
//
//   throw Failure("cannot open " + path, errno);
#pragma once

#include <stdexcept>
#include <string>

namespace pidfall::stand_in {

void Say(const std::string& line);
void Complain(const std::string& line);

struct Failure : std::runtime_error {
  Failure(const std::string& what, int number);
  int error;
};

}  // namespace pidfall::stand_in
