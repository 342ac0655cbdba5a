// Text for people. That a line could not be written ends nothing: the files of results are still
// made, and the exit status tells in the end.
//
//   Print(stdout, table);
//   return Printed(kAsItShouldBe);
#pragma once

#include <cstdio>
#include <string>

namespace pidfall {

// Leaves nothing in the buffer: each sandbox that is forked would print it again.
void Print(std::FILE* stream, const std::string& text);

// Gives `status` back. What was wanted was not done if nobody could read it: then throws
// std::system_error with the first error of standard output.
int Printed(int status);

}  // namespace pidfall
