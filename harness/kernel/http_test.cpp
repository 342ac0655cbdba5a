#include "harness/kernel/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <system_error>
#include <thread>

#include "harness/kernel/port_claim.h"
#include "harness/kernel/sockets.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

constexpr Duration kBound = std::chrono::seconds(5);
constexpr Duration kShort = std::chrono::milliseconds(20);

UniqueFd ListenOn(int port) {
  UniqueFd listening(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listening.get(), 1) != 0) {
    ThrowErrno("listen");
  }
  return listening;
}

// Serves one connection in a thread.
class OneConnection {
 public:
  explicit OneConnection(const std::function<void(int)>& serve) : listening_(ListenOn(port())) {
    thread_ = std::thread([this, serve] {
      const UniqueFd accepted(accept(listening_.get(), nullptr, nullptr));
      std::array<char, 4096> question{};
      (void)!read(accepted.get(), question.data(), question.size());
      serve(accepted.get());
    });
  }
  ~OneConnection() { thread_.join(); }
  int port() const { return claim_.port(); }

 private:
  PortClaim claim_;
  UniqueFd listening_;
  std::thread thread_;
};

TEST(HttpGet, AnswerAndCloseLeavesTheServersSideInTimeWait) {
  const OneConnection server([](int fd) { WriteAll(fd, "HTTP/1.0 204 Fine\r\n\r\n", "answer"); });
  const HttpReply reply = HttpGet({.port = server.port()}, "/", kBound);
  EXPECT_EQ(reply.status, 204);
  EXPECT_TRUE(reply.closed_by_server);
  EXPECT_FALSE(TcpSocketsOn(server.port(), TcpState::kTimeWait).empty());
}

TEST(HttpAsk, AnswerThatDoesNotWaitForTheQuestionEndsInAReset) {
  const PortClaim claim;
  const UniqueFd listening = ListenOn(claim.port());
  const UniqueFd client = ConnectTo({.port = claim.port()});
  {
    const UniqueFd accepted(accept(listening.get(), nullptr, nullptr));
    WriteAll(accepted.get(), "HTTP/1.0 200 OK\r\n\r\n", "answer");
  }
  const HttpReply reply = HttpAsk(client, "/", kBound);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.reset_by_server);
  EXPECT_FALSE(reply.closed_by_server);
}

// The answer is there before the question: a server that is slow to run cannot miss the bound.
TEST(HttpAsk, ServerThatKeepsTheConnectionIsNotWaitedForAfterTheBound) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd client(ends[0]);
  const UniqueFd server(ends[1]);
  WriteAll(server.get(), "HTTP/1.1 200 OK\r\n\r\n", "answer");
  const HttpReply reply = HttpAsk(client, "/", kShort);
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.closed_by_server);
}

TEST(HttpGet, AnswerThatIsNotHttpHasNoStatus) {
  const OneConnection server([](int fd) { WriteAll(fd, "-ERR unknown command\r\n", "answer"); });
  EXPECT_EQ(HttpGet({.port = server.port()}, "/", kBound).status, 0);
}

TEST(HttpGet, APortWithoutAListenerThrowsAndIsNamed) {
  const PortClaim claim;
  const int port = claim.port();
  try {
    HttpGet({.port = port}, "/", kBound);
    FAIL() << "it connected";
  } catch (const std::system_error& error) {
    EXPECT_THAT(std::string(error.what()), HasSubstr(std::to_string(port)));
  }
}

}  // namespace
}  // namespace pidfall
