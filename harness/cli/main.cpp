#include "harness/cli/cli.h"

int main(int argc, char** argv) { return pidfall::RunCli(argc, argv); }
