// SPDX-License-Identifier: MIT
#include "harness/targets/shipped_server.h"

#include <e3/server/server.h>

#include <memory>

namespace e3::targets {

InProcessTarget shipped_server(std::string_view profile) {
  server::Options options;
  if (profile == "echo") options.protocol = server::Protocol::kEcho;
  if (profile == "hello") options.protocol = server::Protocol::kHello;
  // Where serve() shows stop() which server is running, if any.
  auto running = std::make_shared<server::Server*>(nullptr);
  InProcessTarget target;
  target.name = "e3-server";
  target.serve = [options, running] {
    struct Shown {
      std::shared_ptr<server::Server*> slot;
      ~Shown() { *slot = nullptr; }
    };
    server::Server server(options);
    const Shown shown{running};
    *running = &server;
    server.listen("127.0.0.1", 8080);
    server.run();
  };
  target.stop = [running] {
    if (*running != nullptr) (*running)->stop();
  };
  return target;
}

}  // namespace e3::targets
