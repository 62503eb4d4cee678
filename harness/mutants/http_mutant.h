// SPDX-License-Identifier: MIT
// The inside of the mutant that speaks HTTP/1.1: what it keeps of each connection, and its loop.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/mutants/http_bug.h"
#include "harness/mutants/http_mutant_parser.h"

namespace e3::mutants {

struct HttpConnection {
  std::string input;
  std::string output;
  std::size_t searched = 0;  // of the input, for the end of a head; only a bug remembers it
  int served = 0;
  std::string last_body;              // only a bug keeps it
  std::vector<std::string> requests;  // only a bug keeps them
  bool spoke = false;                 // has sent anything at all
  bool continued = false;             // 100 has been sent for the request that is being read
  bool ending = false;  // nothing more is served: the rest of the input is thrown away
  bool waited = false;  // an answer has had to wait for room
  bool kept = false;    // in spite of what was said
  bool shut = false;    // our side has ended; waiting for the peer's end
};

class HttpMutant {
 public:
  HttpMutant(HttpBug bug, std::uint16_t port);
  ~HttpMutant();
  HttpMutant(const HttpMutant&) = delete;
  HttpMutant& operator=(const HttpMutant&) = delete;
  void run();

 private:
  bool has(HttpBug bug) const { return bug == bug_; }
  void watch(int fd, std::uint32_t events, int operation);
  void accept_all();
  void read_from(int fd);
  void process(HttpConnection& connection);
  void serve(HttpConnection& connection, const HttpRequest& request) const;
  void refuse(HttpConnection& connection, const ParseResult& result) const;
  std::string head(std::string_view status, bool keep_alive) const;
  void write_to(int fd);
  ssize_t send_some(int fd, std::string& output) const;
  void time_out();
  void drop(int fd);

  HttpBug bug_;
  int listener_;
  int epoll_;
  std::map<int, HttpConnection> connections_;
  std::map<int, bool> armed_;  // for EPOLLOUT; only a bug keeps it
};

}  // namespace e3::mutants
