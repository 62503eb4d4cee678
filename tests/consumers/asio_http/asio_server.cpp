// SPDX-License-Identifier: MIT
// An HTTP server made of Asio (the headers that Boost.Asio and libasio-dev share).
#include <asio.hpp>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  void begin() {
    asio::async_read_until(socket_, asio::dynamic_buffer(request_, 65536), "\r\n\r\n",
                           [self = shared_from_this()](asio::error_code error, std::size_t) {
                             if (error == asio::error::not_found || !error) self->answer(!error);
                           });
  }

 private:
  void answer(bool complete) {
    const std::size_t path = request_.find(" /");
    const std::size_t version = request_.find(" HTTP/1.");
    const bool good = complete && path != request_.npos && version != request_.npos &&
                      path < version && version < request_.find('\r');
    const std::string body = good ? request_.substr(path + 1, version - path - 1) : "";
    answer_ = std::string("HTTP/1.0 ") + (good ? "200 OK" : "400 Bad Request") +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this()](asio::error_code, std::size_t) {});
  }

  asio::ip::tcp::socket socket_;
  std::string request_;
  std::string answer_;
};

void accept_next(asio::ip::tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](asio::error_code error, asio::ip::tcp::socket socket) {
    if (!error) std::make_shared<Exchange>(std::move(socket))->begin();
    accept_next(acceptor);
  });
}

}  // namespace

extern "C" int asio_server_main(int argc, char** argv) {
  if (argc != 2) return 2;
  asio::io_context context(1);
  asio::ip::tcp::acceptor acceptor(
      context, {asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::atoi(argv[1]))});
  accept_next(acceptor);
  context.run();
  return 0;
}
