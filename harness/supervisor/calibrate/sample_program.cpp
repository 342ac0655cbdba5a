// The program that real supervisors are watched with: notes its start, runs, and ends as told.
//
//   calibrate-sample LOG MILLISECONDS STATUS|kill|stay
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <string>

int main(int count, char** words) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr int kUsage = 64;
  constexpr long long kNanoseconds = 1'000'000'000;
  if (count != 4) return kUsage;
  const std::string line = std::to_string(now.tv_sec * kNanoseconds + now.tv_nsec) + '\n';
  const int log = open(words[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (write(log, line.data(), line.size()) < 0) return kUsage;
  poll(nullptr, 0, std::atoi(words[2]));
  const std::string answer = words[3];
  if (answer == "kill") raise(SIGKILL);
  while (answer == "stay") pause();
  return std::atoi(words[3]);
}
