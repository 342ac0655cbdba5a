// The whole program: reads a command line, runs it, and turns every error into one clear line.
//
//   int main(int argc, char** argv) { return pidfall::RunCli(argc, argv); }
#pragma once

namespace pidfall {

// Returns the exit status.
int RunCli(int argc, const char* const* argv);

}  // namespace pidfall
