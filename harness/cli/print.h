// Text for people. A line that cannot be written does not end the run: the files of results are
// still written, and the exit status shows the error at the end.
//
//   Print(stdout, table);
//   return CheckOutput(kAsItShouldBe);
#pragma once

#include <cstdio>
#include <string>

namespace pidfall {

// Leaves nothing in the buffer: each forked sandbox would print it again.
void Print(std::FILE* stream, const std::string& text);

// Returns `status`. If the output could not be written, the command has failed: throws
// std::system_error with the first error of standard output.
int CheckOutput(int status);

}  // namespace pidfall
