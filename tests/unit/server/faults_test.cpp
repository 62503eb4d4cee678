// SPDX-License-Identifier: MIT
// The server when calls fail: accept errors of every kind, no room in epoll, interrupted calls.
#include <cstring>

#include "scripted_calls.h"
#include "server_fixture.h"
#include "tcp_client.h"

namespace e3::server {
namespace {

constexpr std::string_view kRequest = "GET /abc HTTP/1.0\r\n\r\n";

class FaultsTest : public ServerTest {
 protected:
  FaultsTest() {
    start(Protocol::kHttp);
    port_ = server_->listen("127.0.0.1", 0);
    scripted_calls() = ScriptedCalls{};
    scripted_calls().is_active = true;
  }
  ~FaultsTest() override { scripted_calls() = ScriptedCalls{}; }

  Client connect_over_tcp() { return Client(connect_to(port_)); }

  void expect_served(Client& client) {
    client.send(kRequest);
    settle();
    EXPECT_TRUE(client.receive().ends_with("\r\n\r\nabc"));
  }

  std::uint16_t port_ = 0;
};

TEST_F(FaultsTest, CarriesOnAfterEveryErrorOfOneConnection) {
  const int errors[] = {ECONNABORTED, EPROTO,      EINTR,  ENETDOWN,
                        ENOPROTOOPT,  EHOSTDOWN,   ENONET, EHOSTUNREACH,
                        EOPNOTSUPP,   ENETUNREACH, EPERM,  ETIMEDOUT};
  for (const int error : errors) {
    scripted_calls().accept_errors = {error};
    Client client = connect_over_tcp();
    settle();
    expect_served(client);
  }
}

TEST_F(FaultsTest, NeitherSpinsNorGoesDeafWhenDescriptorsRunOut) {
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    scripted_calls().accept_errors.assign(3, error);
    Client client = connect_over_tcp();
    scripted_calls().accept_calls = 0;
    settle();
    EXPECT_EQ(scripted_calls().accept_calls, 1) << error;
    for (int retry = 0; retry != 4; ++retry) {
      scripted_calls().elapsed += std::chrono::milliseconds(100);
      settle();
    }
    expect_served(client);
    EXPECT_LE(scripted_calls().accept_calls, 6) << error;
  }
}

TEST_F(FaultsTest, AcceptsAgainAsSoonAsAConnectionCloses) {
  Client open = connect_over_tcp();
  settle();
  scripted_calls().accept_errors = {EMFILE};
  Client waiting = connect_over_tcp();
  settle();
  open.close();
  settle();
  expect_served(waiting);
}

TEST_F(FaultsTest, DropsAConnectionThatCannotBeRegistered) {
  const std::size_t before = count_open_descriptors();
  scripted_calls().epoll_ctl_errors = {ENOSPC};
  Client client = connect_over_tcp();
  settle();
  EXPECT_EQ(count_open_descriptors(), before + 1) << "only the client's own is left";
  EXPECT_TRUE(client.has_ended());
  Client next = connect_over_tcp();
  expect_served(next);
}

TEST_F(FaultsTest, ServesOnlyAsManyAtOnceAsAllowedAndThenTheOthers) {
  Options options;
  options.limits.connections = 2;
  start(std::move(options));
  port_ = server_->listen("127.0.0.1", 0);
  std::vector<Client> clients;
  for (int i = 0; i != 4; ++i) clients.push_back(connect_over_tcp());
  settle();
  EXPECT_EQ(server_->connection_count(), 2U);
  for (Client& client : clients) {
    expect_served(client);
    client.close();
    settle();
  }
}

TEST_F(FaultsTest, TakesAnInterruptedCallForNoNews) {
  Client client = connect_over_tcp();
  settle();
  scripted_calls().recv_errors = {EINTR};
  scripted_calls().send_errors = {EINTR};
  scripted_calls().epoll_wait_errors = {EINTR};
  client.send(kRequest);
  server_->run_once(std::chrono::milliseconds(0));
  settle();
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nabc"));
}

TEST_F(FaultsTest, TakesARefusalToReceiveForASpuriousEvent) {
  Client client = connect_over_tcp();
  settle();
  scripted_calls().recv_errors = {EAGAIN};
  client.send("GET /abc HTTP/1.0\r\n");
  settle();
  client.send("\r\n");
  settle();
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nabc"));
}

TEST_F(FaultsTest, SendsEveryByteInPiecesOfEverySize) {
  for (const std::size_t size : {1U, 2U, 7U, 80U}) {
    scripted_calls().send_size_max = size;
    Client client = connect_over_tcp();
    expect_served(client);
  }
}

TEST_F(FaultsTest, ClosesOnlyTheConnectionWhosePeerIsGone) {
  const std::size_t before = count_open_descriptors();
  for (const int error : {ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENOBUFS}) {
    Client client = connect_over_tcp();
    client.send(kRequest);
    scripted_calls().send_errors = {error};
    settle();
    EXPECT_EQ(client.receive(), "") << "an error is final";
    client.close();
  }
  for (const int error : {ECONNRESET, ETIMEDOUT, EHOSTUNREACH}) {
    Client client = connect_over_tcp();
    client.send(kRequest);
    scripted_calls().recv_errors = {error};
    settle();
    client.close();
  }
  Client reset_at_shutdown = connect_over_tcp();
  reset_at_shutdown.send(kRequest);
  scripted_calls().shutdown_errors = {ENOTCONN};
  settle();
  reset_at_shutdown.close();
  settle();
  EXPECT_EQ(count_open_descriptors(), before);
}

TEST_F(FaultsTest, SurvivesAResetInEveryState) {
  const std::size_t before = count_open_descriptors();
  for (std::size_t sent = 0; sent <= kRequest.size(); ++sent) {
    for (const bool let_server_run : {false, true}) {
      Client client = connect_over_tcp();
      client.send(kRequest.substr(0, sent));
      if (let_server_run) settle();
      const linger reset{1, 0};
      ASSERT_EQ(::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
      client.close();
      settle();
    }
  }
  EXPECT_EQ(count_open_descriptors(), before);
}

TEST_F(FaultsTest, TheAnswerReachesAClientThatIsStillSending) {
  const std::string body(1 << 20, 'x');
  Client client = connect_over_tcp();
  client.send("nonsense\r\n\r\n");
  settle();
  for (std::size_t sent = 0; sent < body.size();) {
    sent += client.send_some(std::string_view(body).substr(sent));
    settle();
  }
  client.end_input();
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.0 400 Bad Request\r\n"));
  settle();
  EXPECT_TRUE(client.has_ended());
}

TEST_F(FaultsTest, AnEventOfAClosedConnectionDoesNotReachTheNextInItsPlace) {
  Client first = connect();
  settle();
  const std::uint64_t token_of_first = scripted_calls().last_token;
  first.close();
  settle();
  Client second = connect();
  settle();
  const int calls = scripted_calls().recv_calls;
  scripted_calls().stale_tokens = {token_of_first};
  server_->run_once(std::chrono::milliseconds(0));
  EXPECT_EQ(scripted_calls().recv_calls, calls);
  scripted_calls().stale_tokens = {scripted_calls().last_token};  // the control: its own does
  server_->run_once(std::chrono::milliseconds(0));
  EXPECT_EQ(scripted_calls().recv_calls, calls + 1);
}

TEST_F(FaultsTest, UrgentDataHidesNothingThatFollowsIt) {
  Client client = connect_over_tcp();
  settle();
  client.send("GET /a");
  ASSERT_EQ(::send(client.fd(), "!", 1, MSG_OOB), 1);
  client.send("bc HTTP/1.0\r\n\r\n");
  settle();
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nabc"));
}

// A receive on a Unix domain socket stops at the end of such a message (unix(7)).
TEST_F(FaultsTest, ADescriptorThatIsPassedAlongHidesNothingThatFollowsIt) {
  Client client = connect();
  settle();
  iovec text{.iov_base = const_cast<char*>("GET /abc"), .iov_len = 8};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  *header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  const int passed = client.fd();
  std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
  ASSERT_EQ(::sendmsg(client.fd(), &message, 0), 8);
  client.send(" HTTP/1.0\r\n\r\n");
  settle();
  EXPECT_TRUE(client.receive().ends_with("\r\n\r\nabc"));
}

}  // namespace
}  // namespace e3::server
